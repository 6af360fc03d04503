import type { LogPipeline } from '#pipeline';
import type { Manifest } from '../../runtime/kube-object.ts';
import type { SpecContext } from '../context.ts';
import { BUNDLED_IMAGES } from '../images.ts';
import { childName } from '../labels.ts';
import { fromSecret } from '../pod.ts';
import { backendSet } from './stateful-set.ts';

export const POSTGRES_PORT = 5_432;
export const AMQP_PORT = 5_672;
export const RABBITMQ_METRICS_PORT = 15_692;
export const MEILISEARCH_PORT = 7_700;
/** Of a bundled Postgres. */
export const POSTGRES_CONNECTIONS = 200;

export const BACKENDS = ['postgres', 'rabbitmq', 'meilisearch'] as const;
export type Backend = (typeof BACKENDS)[number];

/** The backends that the operator runs itself: those that the pipeline does not name elsewhere. */
export function bundledBackends({ spec }: LogPipeline): readonly Backend[] {
  const { postgres, rabbitmq, meilisearch } = spec;
  const elsewhere = {
    postgres: postgres.uriSecretRef ?? postgres.clusterRef,
    rabbitmq: rabbitmq.uriSecretRef ?? rabbitmq.clusterRef,
    meilisearch: meilisearch.enabled ? meilisearch.url : 'none',
  };
  return BACKENDS.filter((backend) => elsewhere[backend] === undefined);
}

export function backendSets(context: SpecContext): readonly Manifest[] {
  const make = { postgres: postgresSet, rabbitmq: rabbitmqSet, meilisearch: meilisearchSet };
  return bundledBackends(context.pipeline).map((backend) => make[backend](context));
}

function postgresSet({ pipeline, connections }: SpecContext): Manifest {
  const secret = childName(pipeline, 'postgres');
  return backendSet(pipeline, {
    component: 'postgres',
    image: BUNDLED_IMAGES.postgres,
    bundled: pipeline.spec.postgres.bundled,
    user: 999,
    ports: { postgres: POSTGRES_PORT },
    dataFolder: '/var/lib/postgresql/data',
    scratch: { run: '/var/run/postgresql', tmp: '/tmp', shm: '/dev/shm' },
    args: [
      '-c',
      `max_connections=${POSTGRES_CONNECTIONS}`,
      // A search may touch every partition and index of a year.
      '-c',
      'max_locks_per_transaction=1024',
    ],
    env: [
      { name: 'PGDATA', value: '/var/lib/postgresql/data/pgdata' },
      { name: 'POSTGRES_DB', value: 'penstock' },
      { name: 'POSTGRES_USER', ...fromSecret({ secret, key: 'username' }) },
      { name: 'POSTGRES_PASSWORD', ...fromSecret({ secret, key: 'password' }) },
    ],
    probe: {
      exec: {
        command: ['sh', '-c', 'pg_isready -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB"'],
      },
    },
    secretVersion: connections.postgres.version,
  });
}

function rabbitmqSet({ pipeline, connections }: SpecContext): Manifest {
  const secret = childName(pipeline, 'rabbitmq');
  return backendSet(pipeline, {
    component: 'rabbitmq',
    image: BUNDLED_IMAGES.rabbitmq,
    bundled: pipeline.spec.rabbitmq.bundled,
    user: 999,
    ports: { amqp: AMQP_PORT, metrics: RABBITMQ_METRICS_PORT },
    dataFolder: '/var/lib/rabbitmq',
    scratch: { tmp: '/tmp', log: '/var/log/rabbitmq' },
    env: [
      // The folder of the data has the name of the node, which must not change with the pod's.
      { name: 'RABBITMQ_NODENAME', value: 'rabbit@localhost' },
      { name: 'RABBITMQ_DEFAULT_USER', ...fromSecret({ secret, key: 'username' }) },
      { name: 'RABBITMQ_DEFAULT_PASS', ...fromSecret({ secret, key: 'password' }) },
    ],
    probe: { tcpSocket: { port: 'amqp' } },
    secretVersion: connections.rabbitmq.version,
  });
}

function meilisearchSet({ pipeline, connections }: SpecContext): Manifest {
  const secret = childName(pipeline, 'meilisearch');
  return backendSet(pipeline, {
    component: 'meilisearch',
    image: BUNDLED_IMAGES.meilisearch,
    bundled: pipeline.spec.meilisearch.bundled,
    user: 1_000,
    ports: { http: MEILISEARCH_PORT },
    dataFolder: '/meili_data',
    scratch: { tmp: '/tmp' },
    env: [
      { name: 'MEILI_ENV', value: 'production' },
      { name: 'MEILI_NO_ANALYTICS', value: 'true' },
      { name: 'MEILI_DB_PATH', value: '/meili_data/data.ms' },
      { name: 'MEILI_DUMP_DIR', value: '/meili_data/dumps' },
      { name: 'MEILI_SNAPSHOT_DIR', value: '/meili_data/snapshots' },
      { name: 'MEILI_MASTER_KEY', ...fromSecret({ secret, key: 'apiKey' }) },
    ],
    probe: { httpGet: { path: '/health', port: 'http' } },
    secretVersion: connections.meilisearch?.apiKey.version ?? '',
  });
}
