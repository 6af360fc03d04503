import type { LogPipeline, LogPipelineSpec } from '#pipeline';
import type { Component, SecretValue, SpecContext } from './context.ts';
import { fingerprint } from './fingerprint.ts';
import { httpsOf, mounted, type MountedSecret, type ServedPort } from './https.ts';
import { childName, labelsOf, selectorLabels } from './labels.ts';
import { OIDC_CA_FOLDER } from './oidc-settings.ts';
import {
  COLUMNAR_FOLDER,
  namesReadBy,
  RABBITMQ_CA_FOLDER,
  settingsOfPods,
  SPOOL_FOLDER,
} from './settings.ts';

type Process = 'ingest' | 'writer' | 'gateway' | 'keeper' | 'migrate';
type Resources = LogPipelineSpec['ingest']['resources'];

interface ResourceDefaults {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

/** User of our image; it has no name in it. */
const PENSTOCK_USER = 65_532;

export const RESTRICTED_CONTAINER = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const;

const TRUSTED_CA_FOLDER = '/etc/penstock/trusted-ca';

/** What Pod Security calls restricted. */
export function restrictedPod(user: number) {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** Requests and limits, with defaults for what is not written. */
export function resourcesOf(written: Resources, defaults: ResourceDefaults) {
  return {
    requests: { ...defaults.requests, ...written?.requests },
    limits: { ...defaults.limits, ...written?.limits },
  };
}

/** What is the same for all pods of a pipeline, bundled backends included. */
export function commonPod(pipeline: LogPipeline, component: Component) {
  const { pods, imagePullSecrets } = pipeline.spec;
  return {
    serviceAccountName: pipeline.name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...(imagePullSecrets.length > 0 && { imagePullSecrets }),
    ...(pods.nodeSelector !== undefined && { nodeSelector: pods.nodeSelector }),
    ...(pods.tolerations !== undefined && { tolerations: pods.tolerations }),
    ...(pods.priorityClassName !== undefined && { priorityClassName: pods.priorityClassName }),
    topologySpreadConstraints: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map(
      (topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: selectorLabels(pipeline, component) },
      }),
    ),
  };
}

export function podMetadata(
  pipeline: LogPipeline,
  component: Component,
  annotations: Readonly<Record<string, string>>,
) {
  const { pods } = pipeline.spec;
  const all = { ...pods.annotations, ...annotations };
  return {
    labels: { ...pods.labels, ...labelsOf(pipeline, component) },
    ...(Object.keys(all).length > 0 && { annotations: all }),
  };
}

export interface ProcessPod {
  readonly component: Process;
  readonly resources: Resources;
  readonly defaults: ResourceDefaults;
  /** Where it answers for its health; null for a process that ends by itself. */
  readonly port: ServedPort | null;
  readonly graceSeconds: number;
  /** Seconds for which a pod goes on serving after Services were told that it goes. */
  readonly drainSeconds?: number;
  readonly restartPolicy?: 'Never';
}

/** The pod template of one of our processes. */
export function processPod(context: SpecContext, pod: ProcessPod) {
  const { pipeline, image } = context;
  const { component } = pod;
  const secrets = secretsOf(context, component);
  const { broker, provider, trusted } = authoritiesOf(context, component);
  const https = httpsOf(pipeline, component);
  const disks = disksOf(context, component, [
    ...(broker === null ? [] : [mounted('rabbitmq-ca', RABBITMQ_CA_FOLDER, broker)]),
    ...(provider === null ? [] : [mounted('oidc-ca', OIDC_CA_FOLDER, provider)]),
    ...(trusted === null ? [] : [mounted('trusted-ca', TRUSTED_CA_FOLDER, trusted)]),
    ...https.files,
  ]);
  return {
    metadata: podMetadata(pipeline, component, {
      'penstock.dev/config-hash': fingerprint(settingsReadBy(context, component)),
      'penstock.dev/secret-hash': fingerprint([
        secrets,
        broker,
        // Only where they are, so that a hash of before there were these stays.
        ...[provider, trusted].filter((ca) => ca !== null),
      ]),
    }),
    spec: {
      ...commonPod(pipeline, component),
      securityContext: restrictedPod(PENSTOCK_USER),
      terminationGracePeriodSeconds: pod.graceSeconds,
      ...(pod.restartPolicy !== undefined && { restartPolicy: pod.restartPolicy }),
      containers: [
        {
          name: component,
          image,
          imagePullPolicy: pipeline.spec.imagePullPolicy,
          args: [component],
          envFrom: [{ configMapRef: { name: childName(pipeline, 'config') } }],
          env: [
            ...Object.entries(secrets).map(([name, value]) => ({ name, ...fromSecret(value) })),
            // Not in the ConfigMap, which ingest and gateway share: each has a certificate of its own, or none.
            ...Object.entries(https.settings).map(([name, value]) => ({ name, value })),
            // Read by Node itself.
            ...(trusted === null
              ? []
              : [{ name: 'NODE_EXTRA_CA_CERTS', value: `${TRUSTED_CA_FOLDER}/${trusted.key}` }]),
          ],
          resources: resourcesOf(pod.resources, pod.defaults),
          securityContext: RESTRICTED_CONTAINER,
          volumeMounts: disks.map(({ mount }) => mount),
          ...(pod.port !== null && served(pod.port, pod.drainSeconds)),
        },
      ],
      volumes: disks.flatMap(({ volume }) => volume ?? []),
    },
  };
}

interface Authorities {
  readonly broker: SecretValue | null;
  readonly provider: SecretValue | null;
  /** Beside the known ones, for everything else. */
  readonly trusted: SecretValue | null;
}

/** Certificates by which a process checks whom it connects to. It reads them once, so that a change rolls its pods. */
function authoritiesOf(
  { connections, oidcCa, trustedCa }: SpecContext,
  component: Process,
): Authorities {
  const names = namesReadBy(component);
  return {
    broker: names.has('RABBITMQ_CA_FILE') ? connections.rabbitmq.ca : null,
    provider: names.has('OIDC_CA_FILE') ? oidcCa : null,
    trusted: trustedCa,
  };
}

interface Disk {
  readonly mount: { readonly name: string; readonly mountPath: string; readonly readOnly?: true };
  /** Null: a volume claim of the StatefulSet. */
  readonly volume: object | null;
}

/** What is mounted into a process. */
function disksOf(
  context: SpecContext,
  component: Process,
  secrets: readonly MountedSecret[],
): Disk[] {
  const hasSpool = component === 'ingest' && context.pipeline.spec.ingest.spool !== undefined;
  const copies = copiesOf(context, component);
  return [
    emptyDisk('tmp', '/tmp', '64Mi'),
    ...secrets.map(secretDisk),
    ...(hasSpool ? [{ mount: { name: 'spool', mountPath: SPOOL_FOLDER }, volume: null }] : []),
    ...(copies === null ? [] : [emptyDisk('columnar', COLUMNAR_FOLDER, copies)]),
  ];
}

function emptyDisk(name: string, mountPath: string, sizeLimit: string): Disk {
  return { mount: { name, mountPath }, volume: { name, emptyDir: { sizeLimit } } };
}

function secretDisk({ name, folder, secret, keys }: MountedSecret): Disk {
  const items = keys.map((key) => ({ key, path: key }));
  return {
    mount: { name, mountPath: folder, readOnly: true },
    volume: { name, secret: { secretName: secret, items } },
  };
}

/** Files of a day that are being made lie on the disk of the keeper, rows and Parquet, one file at a time. */
const MAKING_SIZE = '8Gi';

/** Disk for columnar files; null where a process has none. */
function copiesOf({ pipeline }: SpecContext, component: Process): string | null {
  const { archive } = pipeline.spec;
  if (archive === undefined) return null;
  if (component === 'keeper') return MAKING_SIZE;
  return component === 'gateway' ? String(archive.cacheSize) : null;
}

export function fromSecret({ secret, key }: Pick<SecretValue, 'secret' | 'key'>) {
  return { valueFrom: { secretKeyRef: { name: secret, key } } };
}

/** The settings that a process reads: a change of others does not roll its pods. */
function settingsReadBy(
  context: SpecContext,
  component: Process,
): Readonly<Record<string, string>> {
  const names = namesReadBy(component);
  const entries = Object.entries(settingsOfPods(context));
  return Object.fromEntries(entries.filter(([name]) => names.has(name)));
}

function secretsOf(
  { connections, adminPassword, ingestToken, oidcClientSecret }: SpecContext,
  component: Process,
): Readonly<Record<string, SecretValue>> {
  const { postgres, rabbitmq, meilisearch, archive } = connections;
  const { secret, key, version } = rabbitmq;
  const all: Readonly<Record<string, SecretValue>> = {
    DATABASE_URL: postgres,
    RABBITMQ_URL: { secret, key, version },
    ...(meilisearch !== null && { MEILI_API_KEY: meilisearch.apiKey }),
    ...(archive !== null && {
      S3_ACCESS_KEY_ID: archive.accessKeyId,
      S3_SECRET_ACCESS_KEY: archive.secretAccessKey,
    }),
    ...(adminPassword !== null && { ADMIN_PASSWORD: adminPassword }),
    ...(ingestToken !== null && { INGEST_TOKEN: ingestToken }),
    ...(oidcClientSecret !== null && { OIDC_CLIENT_SECRET: oidcClientSecret }),
  };
  const names = namesReadBy(component);
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));
}

function served(port: ServedPort, drainSeconds: number | undefined) {
  const scheme = port.isHttps === true ? { scheme: 'HTTPS' } : {};
  const get = (path: string) => ({
    httpGet: { path, port: port.name, ...scheme },
    timeoutSeconds: 3,
  });
  return {
    ports: [{ name: port.name, containerPort: port.number }],
    startupProbe: { ...get('/health/live'), periodSeconds: 2, failureThreshold: 60 },
    livenessProbe: { ...get('/health/live'), periodSeconds: 10, failureThreshold: 6 },
    readinessProbe: { ...get('/health/ready'), periodSeconds: 5, failureThreshold: 2 },
    // The image has no shell; the pause lets load balancers learn that the pod goes.
    ...(drainSeconds !== undefined && {
      lifecycle: {
        preStop: {
          exec: {
            command: ['/usr/local/bin/node', '-e', `setTimeout(() => 0, ${drainSeconds * 1_000})`],
          },
        },
      },
    }),
  };
}
