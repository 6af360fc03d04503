import type { LogPipeline, LogPipelineSpec } from '#pipeline';
import type { Manifest } from '../../runtime/kube-object.ts';
import { child, childName, selectorLabels } from '../labels.ts';
import {
  commonPod,
  podMetadata,
  resourcesOf,
  RESTRICTED_CONTAINER,
  restrictedPod,
} from '../pod.ts';
import { volumeClaim } from '../processes.ts';

type Bundled = NonNullable<LogPipelineSpec['postgres']['bundled']>;

export interface BackendPod {
  readonly component: 'postgres' | 'rabbitmq' | 'meilisearch';
  readonly image: string;
  readonly bundled: Bundled | undefined;
  /** User of the image. */
  readonly user: number;
  readonly ports: Readonly<Record<string, number>>;
  readonly dataFolder: string;
  /** Folders that the image writes beside its data. */
  readonly scratch: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly env: readonly object[];
  readonly probe: object;
  readonly secretVersion: string;
}

const DEFAULTS = {
  requests: { cpu: '250m', memory: '512Mi' },
  limits: { memory: '2Gi' },
};
const DEFAULT_STORAGE = { size: '10Gi' };

/** A backend with one pod and one volume. */
export function backendSet(pipeline: LogPipeline, pod: BackendPod): Manifest {
  const { component, bundled } = pod;
  const { deletionPolicy, imagePullPolicy } = pipeline.spec;
  const scratch = Object.entries(pod.scratch);
  return child(pipeline, {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    name: childName(pipeline, component),
    component,
    body: {
      spec: {
        replicas: 1,
        revisionHistoryLimit: 3,
        serviceName: childName(pipeline, component),
        selector: { matchLabels: selectorLabels(pipeline, component) },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: deletionPolicy, whenScaled: 'Retain' },
        template: {
          metadata: podMetadata(pipeline, component, {
            'penstock.dev/secret-hash': pod.secretVersion,
          }),
          spec: {
            ...commonPod(pipeline, component),
            securityContext: restrictedPod(pod.user),
            terminationGracePeriodSeconds: 60,
            containers: [
              {
                name: component,
                image: bundled?.image ?? pod.image,
                imagePullPolicy,
                ...(pod.args !== undefined && { args: pod.args }),
                env: pod.env,
                ports: Object.entries(pod.ports).map(([name, containerPort]) => ({
                  name,
                  containerPort,
                })),
                resources: resourcesOf(bundled?.resources, DEFAULTS),
                securityContext: RESTRICTED_CONTAINER,
                volumeMounts: [
                  { name: 'data', mountPath: pod.dataFolder },
                  ...scratch.map(([name, mountPath]) => ({ name, mountPath })),
                ],
                startupProbe: {
                  ...pod.probe,
                  periodSeconds: 5,
                  failureThreshold: 60,
                  timeoutSeconds: 5,
                },
                readinessProbe: {
                  ...pod.probe,
                  periodSeconds: 5,
                  failureThreshold: 3,
                  timeoutSeconds: 5,
                },
              },
            ],
            volumes: scratch.map(([name]) => ({ name, emptyDir: {} })),
          },
        },
        volumeClaimTemplates: [volumeClaim('data', bundled?.storage ?? DEFAULT_STORAGE)],
      },
    },
  });
}
