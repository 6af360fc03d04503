/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return -- manifests of any kind are looked into */
import { describe, expect, it } from '@jest/globals';
import { readSettings, SETTINGS, settingsOf } from '#config';
import type { WrittenSpec } from '#pipeline';
import type { Manifest } from '../runtime/kube-object.ts';
import { buildContext } from '../testing/build-pipeline.ts';
import { childrenOf } from './children.ts';
import type { SpecContext } from './context.ts';
import { HASH_ANNOTATION } from './labels.ts';
import { settingsOfPods } from './settings.ts';

type Loose = Readonly<Record<string, any>>;

const all = (context: SpecContext): readonly Manifest[] => {
  const { base, migration, writer, keeper, publishers } = childrenOf(context);
  return [...base, migration, writer, keeper, ...publishers];
};
const named = (context: SpecContext, kind: string, name: string): Loose | undefined =>
  all(context).find((each) => each.kind === kind && each.metadata.name === name);
const of = (spec: WrittenSpec, kind: string, name: string, more = {}): Loose | undefined =>
  named(buildContext(spec, more), kind, name);
const podsOf = (context: SpecContext): readonly Loose[] =>
  all(context)
    .filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind))
    .map((each) => (each as Loose)['spec'].template.spec as Loose);
const annotation = (context: SpecContext, part: string, name: string): unknown =>
  named(context, 'Deployment', `shop-${part}`)?.['spec'].template.metadata.annotations[name];

describe('the children of a pipeline', () => {
  it('have the names that are agreed', () => {
    const names = all(buildContext()).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(names).toEqual(
      expect.arrayContaining([
        'Deployment shop-ingest',
        'Deployment shop-writer',
        'Deployment shop-gateway',
        'Deployment shop-keeper',
        'Service shop-ingest',
        'Service shop-gateway',
        'StatefulSet shop-postgres',
        'StatefulSet shop-rabbitmq',
        'StatefulSet shop-meilisearch',
        'ConfigMap shop-config',
        expect.stringMatching(/^Job shop-migrate-[0-9a-f]{12}$/),
      ]),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('are the same for the same pipeline', () => {
    expect(all(buildContext())).toEqual(all(buildContext()));
  });

  it('belong to the pipeline, so that they go with it', () => {
    for (const { metadata } of all(buildContext())) {
      expect(metadata.ownerReferences).toEqual([expect.objectContaining({ uid: 'uid-of-shop' })]);
      expect(metadata.labels).toMatchObject({ 'penstock.dev/pipeline': 'shop' });
      expect(metadata.annotations).toHaveProperty([HASH_ANNOTATION]);
    }
  });

  it('keep to the restricted profile of Pod Security, with a read-only root', () => {
    for (const pod of podsOf(buildContext())) {
      expect(pod['securityContext']).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(pod['automountServiceAccountToken']).toBe(false);
      for (const container of pod['containers'])
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
    }
  });

  it('bound the memory of every pod', () => {
    for (const pod of podsOf(buildContext()))
      for (const { resources } of pod['containers'])
        expect(resources).toMatchObject({
          requests: { cpu: expect.any(String), memory: expect.any(String) },
          limits: { memory: expect.any(String) },
        });
  });

  it('hold no secret, only references', () => {
    const text = JSON.stringify(all(buildContext()));
    expect(text).toContain('"secretKeyRef":{"name":"shop-postgres","key":"uri"}');
    expect(text).not.toMatch(/postgres:\/\/|amqp:\/\//);
  });
});

describe('the settings of pods', () => {
  const full: WrittenSpec = {
    ingest: { spool: {} },
    retention: { default: '30d', rules: [{ match: 'level:debug', keep: '3d' }] },
    meilisearch: { index: { match: 'level:>=warn', keep: '7d' } },
    archive: {
      bucket: 'logs',
      endpoint: 'http://minio:9000',
      encryption: 'KMS',
      kmsKeyId: 'key',
      retention: '90d',
    },
    postgres: { keep: 'forever' },
  };

  it('are all settings that exist', () => {
    const known = Object.values(SETTINGS).map(({ name }) => name);
    const names = Object.keys(settingsOfPods(buildContext(full)));
    expect(names.filter((name) => !(known as readonly string[]).includes(name))).toEqual([]);
  });

  it.each(['ingest', 'writer', 'gateway', 'keeper', 'migrate'] as const)(
    'are accepted by %s, with its secrets',
    (process) => {
      const secrets = {
        DATABASE_URL: 'postgres://u:p@h/d',
        RABBITMQ_URL: 'amqp://u:p@h',
        MEILI_API_KEY: 'key',
        S3_ACCESS_KEY_ID: 'key',
        S3_SECRET_ACCESS_KEY: 'secret',
        ADMIN_PASSWORD: 'a-password-of-some-length',
        INGEST_TOKEN: 'a-token-of-thirty-two-characters-',
      };
      const environment = { ...settingsOfPods(buildContext(full)), ...secrets };
      expect(() => readSettings(settingsOf(process), { environment })).not.toThrow();
    },
  );

  it('say what the pipeline says', () => {
    expect(settingsOfPods(buildContext({ ...full, queue: { shards: 3 } }))).toMatchObject({
      RETENTION_DEFAULT: '30d',
      RETENTION: 'level:debug=3d',
      RABBITMQ_SHARDS: '3',
      RABBITMQ_QUEUE_BYTES: '8589934592',
      INDEX_MATCH: 'level:>=warn',
      STORE_PARTITION: 'day',
      S3_BUCKET: 'logs',
      S3_PREFIX: 'logs/shop/',
      S3_ENDPOINT: 'http://minio:9000',
      S3_ENCRYPTION: 'aws:kms',
      S3_KMS_KEY_ID: 'key',
      COLUMNAR_AFTER: '1h',
      COLUMNAR_RETENTION: '90d',
      COLUMNAR_CACHE_BYTES: '4831838208',
      POSTGRES_KEEP: 'forever',
    });
  });

  it('give keeper and gateway a disk and the key for columnar files, and nobody else', () => {
    const plain = buildContext(full);
    const key = (name: string) => ({ secret: 'bucket', key: name, version: '1' });
    const archive = { accessKeyId: key('accessKeyId'), secretAccessKey: key('secretAccessKey') };
    const context = buildContext(full, { connections: { ...plain.connections, archive } });
    const limits = ['ingest', 'writer', 'gateway', 'keeper'].map((component) => {
      const text = JSON.stringify(
        all(context).find(
          ({ kind, metadata }) =>
            /^(Deployment|StatefulSet)$/.test(kind) && metadata.name === `shop-${component}`,
        ),
      );
      expect([component, text.includes('S3_SECRET_ACCESS_KEY')]).toEqual([
        component,
        component === 'gateway' || component === 'keeper',
      ]);
      return /"columnar","emptyDir":\{"sizeLimit":"(\w+)"/.exec(text)?.[1];
    });
    expect(limits).toEqual([undefined, undefined, '5Gi', '8Gi']);
  });

  it('let nobody read without a login, unless the pipeline says so', () => {
    const context = buildContext({ gateway: { trustedProxies: ['10.0.0.0/8'] } });
    expect(settingsOfPods(context)).toMatchObject({ AUTH: 'on', TRUSTED_PROXIES: '10.0.0.0/8' });
    expect(settingsOfPods(buildContext({ gateway: { auth: 'Off' } }))['AUTH']).toBe('off');
    const env = (part: string) => JSON.stringify(named(context, 'Deployment', part));
    expect(env('shop-gateway')).toContain('"ADMIN_PASSWORD","valueFrom":{"secretKeyRef"');
    for (const part of ['shop-ingest', 'shop-writer', 'shop-keeper'])
      expect(env(part)).not.toContain('ADMIN_PASSWORD');
  });

  it('let nobody send without a token, unless the pipeline says so', () => {
    const context = buildContext();
    expect(settingsOfPods(context)['INGEST_AUTH']).toBe('required');
    expect(settingsOfPods(buildContext({ ingest: { auth: 'Off' } }))['INGEST_AUTH']).toBe('off');
    const env = (part: string, from = context) => JSON.stringify(named(from, 'Deployment', part));
    expect(env('shop-ingest')).toContain('"INGEST_TOKEN","valueFrom":{"secretKeyRef"');
    for (const part of ['shop-gateway', 'shop-writer', 'shop-keeper'])
      expect(env(part)).not.toContain('INGEST_TOKEN');
    const open = buildContext({ ingest: { auth: 'Off' } }, { ingestToken: null });
    expect(env('shop-ingest', open)).not.toContain('INGEST_TOKEN');
    const other = { secret: 'shop-ingest-token', key: 'token', version: '2' };
    const hash = 'penstock.dev/secret-hash';
    const after = buildContext({}, { ingestToken: other });
    expect(annotation(after, 'ingest', hash)).not.toBe(annotation(context, 'ingest', hash));
    expect(annotation(after, 'gateway', hash)).toBe(annotation(context, 'gateway', hash));
  });

  it('roll only the pods that read what changed', () => {
    const before = buildContext();
    const after = buildContext({ retention: { default: '7d' } });
    const hash = 'penstock.dev/config-hash';
    expect(annotation(after, 'keeper', hash)).not.toBe(annotation(before, 'keeper', hash));
    for (const part of ['ingest', 'writer', 'gateway'])
      expect(annotation(after, part, hash)).toBe(annotation(before, part, hash));
  });

  it('roll the pods that use a Secret whose value changed', () => {
    const before = buildContext();
    const { connections } = before;
    const rabbitmq = { ...connections.rabbitmq, version: 'rotated' };
    const after = buildContext({}, { connections: { ...connections, rabbitmq } });
    const hash = 'penstock.dev/secret-hash';
    expect(annotation(after, 'writer', hash)).not.toBe(annotation(before, 'writer', hash));
    expect(annotation(after, 'keeper', hash)).toBe(annotation(before, 'keeper', hash));
  });
});

describe('fields of the specification', () => {
  it('number of pods, unless an autoscaler owns it', () => {
    const spec = { ingest: { replicas: 5 }, gateway: { autoscaling: { maxReplicas: 4 } } };
    expect(of(spec, 'Deployment', 'shop-ingest')?.['spec'].replicas).toBe(5);
    expect(of(spec, 'Deployment', 'shop-gateway')?.['spec']).not.toHaveProperty('replicas');
    expect(of(spec, 'HorizontalPodAutoscaler', 'shop-gateway')?.['spec']).toMatchObject({
      maxReplicas: 4,
    });
    expect(of({}, 'HorizontalPodAutoscaler', 'shop-ingest')).toBeUndefined();
    const keda = of({}, 'Deployment', 'shop-writer', { writerReplicas: null });
    expect(keda?.['spec']).not.toHaveProperty('replicas');
  });

  it('a budget only where there may be several pods', () => {
    expect(of({}, 'PodDisruptionBudget', 'shop-ingest')?.['spec'].maxUnavailable).toBe(1);
    expect(of({}, 'PodDisruptionBudget', 'shop-gateway')).toBeUndefined();
  });

  it('a spool makes ingest a StatefulSet with a volume for each pod', () => {
    const set = of(
      { ingest: { spool: { storage: { size: '5Gi' } } } },
      'StatefulSet',
      'shop-ingest',
    );
    expect(set?.['spec'].volumeClaimTemplates[0].spec.resources.requests.storage).toBe('5Gi');
    expect(of({ ingest: { spool: {} } }, 'Deployment', 'shop-ingest')).toBeUndefined();
  });

  it('backends elsewhere are not run', () => {
    const context = buildContext({
      postgres: { uriSecretRef: { name: 'db' } },
      rabbitmq: { clusterRef: { name: 'queue' } },
      meilisearch: { enabled: false },
    });
    expect(all(context).filter(({ kind }) => kind === 'StatefulSet')).toEqual([]);
  });

  it('volumes go with the pipeline only when it says so', () => {
    const policy = (spec: WrittenSpec) =>
      of(spec, 'StatefulSet', 'shop-postgres')?.['spec'].persistentVolumeClaimRetentionPolicy;
    expect(policy({})).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
    expect(policy({ deletionPolicy: 'Delete' }).whenDeleted).toBe('Delete');
  });

  it('an Ingress; an HTTPRoute, a ServiceMonitor and a ScaledObject only where their APIs exist', () => {
    const spec: WrittenSpec = {
      gateway: {
        ingress: { host: 'logs.example.com', tlsSecretName: 'tls' },
        httpRoute: { parentRefs: [{ name: 'edge' }] },
      },
      writer: { scaling: { engine: 'KEDA' } },
    };
    expect(of(spec, 'Ingress', 'shop-gateway')?.['spec'].rules[0].host).toBe('logs.example.com');
    const optional = (groups: readonly string[]) =>
      all(buildContext(spec, { apiGroups: new Set(groups) }))
        .map(({ kind }) => kind)
        .filter((kind) => ['HTTPRoute', 'ServiceMonitor', 'ScaledObject'].includes(kind))
        .sort();
    expect(optional([])).toEqual([]);
    expect(optional(['gateway.networking.k8s.io', 'monitoring.coreos.com', 'keda.sh'])).toEqual([
      'HTTPRoute',
      'ScaledObject',
      'ServiceMonitor',
    ]);
  });

  it('no policies where they are disabled', () => {
    const context = buildContext({ networkPolicy: { mode: 'Disabled' } });
    expect(all(context).filter(({ kind }) => kind === 'NetworkPolicy')).toEqual([]);
  });

  it('hosts may be named in requests', () => {
    const spec = { gateway: { hosts: ['logs.example.com'] } };
    const hosts = settingsOfPods(buildContext(spec))['HTTP_ALLOWED_HOSTS']?.split(',');
    expect(hosts).toEqual(expect.arrayContaining(['logs.example.com', 'shop-ingest.logs.svc']));
  });

  it('what all pods have in common reaches the backends too', () => {
    const context = buildContext({
      imagePullSecrets: [{ name: 'registry' }],
      pods: { nodeSelector: { pool: 'logs' }, tolerations: [{ operator: 'Exists' }] },
    });
    for (const pod of podsOf(context))
      expect(pod).toMatchObject({
        nodeSelector: { pool: 'logs' },
        tolerations: [{ operator: 'Exists' }],
        imagePullSecrets: [{ name: 'registry' }],
      });
  });
});
