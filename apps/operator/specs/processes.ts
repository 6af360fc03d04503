import type { Manifest } from '../runtime/kube-object.ts';
import type { SpecContext } from './context.ts';
import { fingerprint } from './fingerprint.ts';
import { webPort } from './https.ts';
import { child, childName, selectorLabels } from './labels.ts';
import { processPod, type ProcessPod } from './pod.ts';
import { OPERATIONS_PORT } from './settings.ts';

const METRICS = 'metrics';
const DRAIN_SECONDS = 5;

const requests = (cpu: string, memory: string, limit: string) => ({
  requests: { cpu, memory },
  limits: { memory: limit },
});

/** The pods of ingest: a Deployment, or a StatefulSet where each has a volume of its own. */
export function ingestWorkload(context: SpecContext): Manifest {
  const { ingest } = context.pipeline.spec;
  const replicas = ingest.autoscaling === undefined ? ingest.replicas : null;
  const pod: ProcessPod = {
    component: 'ingest',
    resources: ingest.resources,
    defaults: requests('100m', '256Mi', '768Mi'),
    port: webPort(context.pipeline, 'ingest'),
    graceSeconds: 45,
    drainSeconds: DRAIN_SECONDS,
  };
  return ingest.spool === undefined
    ? deployment(context, pod, replicas)
    : spooling(context, pod, replicas, ingest.spool.storage);
}

export function writerWorkload(context: SpecContext): Manifest {
  return deployment(
    context,
    {
      component: 'writer',
      resources: context.pipeline.spec.writer.resources,
      defaults: requests('250m', '256Mi', '768Mi'),
      port: { name: METRICS, number: OPERATIONS_PORT },
      graceSeconds: 45,
    },
    context.writerReplicas,
  );
}

export function gatewayWorkload(context: SpecContext): Manifest {
  const { gateway } = context.pipeline.spec;
  return deployment(
    context,
    {
      component: 'gateway',
      resources: gateway.resources,
      defaults: requests('100m', '384Mi', '1Gi'),
      port: webPort(context.pipeline, 'gateway'),
      graceSeconds: 45,
      drainSeconds: DRAIN_SECONDS,
    },
    gateway.autoscaling === undefined ? gateway.replicas : null,
  );
}

export function keeperWorkload(context: SpecContext): Manifest {
  return deployment(
    context,
    {
      component: 'keeper',
      resources: context.pipeline.spec.keeper.resources,
      defaults: requests('50m', '192Mi', '768Mi'),
      port: { name: METRICS, number: OPERATIONS_PORT },
      graceSeconds: 30,
    },
    1,
  );
}

/**
 * Brings the schema of Postgres up to date. Its name follows from its pod, so that a new image gets a new Job, and so
 * do a new password or new authorities, without which the one before may have failed.
 */
export function migrationJob(context: SpecContext): Manifest {
  const { pipeline, image, connections, trustedCa } = context;
  const template = processPod(context, {
    component: 'migrate',
    resources: undefined,
    defaults: requests('50m', '128Mi', '512Mi'),
    port: null,
    graceSeconds: 30,
    restartPolicy: 'Never',
  });
  return child(pipeline, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    name: childName(
      pipeline,
      // Authorities only where there are some, so that a name of before there were these stays.
      `migrate-${fingerprint([image, connections.postgres, ...(trustedCa === null ? [] : [trustedCa])])}`,
    ),
    component: 'migrate',
    body: { spec: { backoffLimit: 6, activeDeadlineSeconds: 3_600, template } },
  });
}

function deployment(context: SpecContext, pod: ProcessPod, replicas: number | null): Manifest {
  const { pipeline } = context;
  return child(pipeline, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: childName(pipeline, pod.component),
    component: pod.component,
    body: {
      spec: {
        ...(replicas !== null && { replicas }),
        revisionHistoryLimit: 3,
        selector: { matchLabels: selectorLabels(pipeline, pod.component) },
        // One more before one less: ingest and search go on during a rollout.
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: processPod(context, pod),
      },
    },
  });
}

interface Storage {
  readonly size: string | number;
  readonly className?: string;
}

function spooling(
  context: SpecContext,
  pod: ProcessPod,
  replicas: number | null,
  storage: Storage,
): Manifest {
  const { pipeline } = context;
  const { deletionPolicy } = pipeline.spec;
  return child(pipeline, {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    name: childName(pipeline, pod.component),
    component: pod.component,
    body: {
      spec: {
        ...(replicas !== null && { replicas }),
        revisionHistoryLimit: 3,
        serviceName: childName(pipeline, pod.component),
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: selectorLabels(pipeline, pod.component) },
        // What lies in the spool of a pod that went is drained when the pod comes again.
        persistentVolumeClaimRetentionPolicy: { whenDeleted: deletionPolicy, whenScaled: 'Retain' },
        template: processPod(context, pod),
        volumeClaimTemplates: [volumeClaim('spool', storage)],
      },
    },
  });
}

export function volumeClaim(name: string, { size, className }: Storage) {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(className !== undefined && { storageClassName: className }),
      resources: { requests: { storage: String(size) } },
    },
  };
}
