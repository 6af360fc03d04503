import {
  choice,
  filled,
  flag,
  integer,
  list,
  object,
  optional,
  quantity,
  text,
  withDefault,
  type ValueOf,
  type WrittenOf,
} from '../schema/field.ts';
import { archive } from './archive.ts';
import { meilisearch, postgres, rabbitmq } from './backends.ts';
import { annotations, name, PREFIX, secretKey } from './common.ts';
import { gateway, ingest, keeper, writer } from './components.ts';
import { imageName } from './image.ts';
import { pods } from './pods.ts';
import { retention } from './retention.ts';

const queue = filled(
  object(
    'The queues in RabbitMQ.',
    {
      shards: withDefault(
        integer('Queues that share the load. It can only grow: what is in a queue must be read.', {
          minimum: 1,
          maximum: 64,
        }),
        1,
      ),
      prefix: withDefault(
        text(
          'What the names of the queues begin with. Pipelines that share a virtual host of RabbitMQ need different ones.',
          { form: PREFIX, maxLength: 50 },
        ),
        'penstock',
      ),
      maxBytes: withDefault(
        quantity('Most bytes in one queue; beyond, ingest answers 503 with Retry-After.'),
        '8Gi',
      ),
    },
    [
      { cel: 'self.shards >= oldSelf.shards', message: 'shards can only grow' },
      {
        cel: 'self.prefix == oldSelf.prefix',
        message: 'prefix cannot change: what is in the queues would not be read',
      },
      {
        cel: 'self.maxBytes == oldSelf.maxBytes',
        message:
          'maxBytes counts only when a queue is made; for an existing one use a policy of RabbitMQ',
      },
    ],
  ),
);

const store = filled(
  object('How events lie in Postgres.', {
    partition: withDefault(
      choice('Length of new partitions; hours suit more than 500 million events a day.', [
        'Day',
        'Hour',
      ]),
      'Day',
    ),
  }),
);

const networkPolicy = filled(
  object('NetworkPolicies: who may reach the pods.', {
    mode: withDefault(
      choice(
        'Enabled: bundled backends and metrics are reached only by those who need them; ingest and gateway by everybody. Disabled: no policies.',
        ['Enabled', 'Disabled'],
      ),
      'Enabled',
    ),
  }),
);

const monitoring = filled(
  object('Metrics for Prometheus.', {
    serviceMonitor: withDefault(
      choice('Auto: a ServiceMonitor where the Prometheus Operator is installed. Disabled: none.', [
        'Auto',
        'Disabled',
      ]),
      'Auto',
    ),
    labels: annotations('Labels of the ServiceMonitor, by which a Prometheus may select it.'),
  }),
);

/** The specification of a LogPipeline: one source of the schema, its documentation and our types. */
export const SPEC = object(
  'What the pipeline is to be. An empty one gives a working pipeline.',
  {
    image: optional(imageName('Image of all Penstock pods. Absent: the image of the operator.')),
    imagePullPolicy: withDefault(
      choice('When nodes pull images.', ['IfNotPresent', 'Always', 'Never']),
      'IfNotPresent',
    ),
    imagePullSecrets: withDefault(
      list(
        'Secrets with which images are pulled.',
        object('A Secret.', { name: name('Its name.') }),
        { maxItems: 16 },
      ),
      [],
    ),
    ingest,
    writer,
    gateway,
    keeper,
    postgres,
    rabbitmq,
    meilisearch,
    queue,
    store,
    archive,
    retention,
    trustedCaSecretRef: optional(
      secretKey(
        'Secret with certificates (PEM) of authorities that Penstock trusts beside the known ones, wherever it connects to: Postgres, object storage, Meilisearch, OpenID Connect, traces.',
        'ca.crt',
      ),
    ),
    pods,
    networkPolicy,
    monitoring,
    paused: withDefault(
      flag('The operator changes nothing of this pipeline while it is true. Pods go on running.'),
      false,
    ),
    deletionPolicy: withDefault(
      choice(
        'What becomes of the volumes of bundled backends, and of their Secrets, when the pipeline is deleted.',
        ['Retain', 'Delete'],
      ),
      'Retain',
    ),
  },
  [
    {
      cel: '!has(oldSelf.archive) || has(self.archive)',
      message: 'archive cannot be removed: what is in the bucket would not be found',
    },
  ],
);

/** A specification with its defaults. */
export type LogPipelineSpec = ValueOf<typeof SPEC>;

/** A specification as people write it. */
export type WrittenSpec = WrittenOf<typeof SPEC>;
