import {
  filled,
  flag,
  integer,
  object,
  optional,
  text,
  withDefault,
  type Rule,
  type TextForm,
} from '../schema/field.ts';
import {
  atMostOne,
  clusterRef,
  duration,
  HTTP_URL,
  name,
  PREFIX,
  resources,
  secretKey,
  storage,
} from './common.ts';
import { imageName } from './image.ts';

const httpUrl = (description: string) => text(description, { form: HTTP_URL });

const bundled = (what: string, size: string, described: string) =>
  optional(
    object(`${what}, one instance, run by the operator: for evaluation and small installations.`, {
      image: optional(imageName('Image, instead of the official one.')),
      storage: storage(size),
      resources: resources(described),
    }),
  );

const BUNDLED_OTHERWISE = '; with none of them the operator runs one of its own';

const KEEP: TextForm = {
  pattern: '^(0|forever|[1-9][0-9]{0,8}(s|m|h|d))$',
  words: 'a duration like 2d, 0 or forever',
};

export const postgres = filled(
  object(
    'Where events are stored.',
    {
      uriSecretRef: optional(
        secretKey(
          'Secret with the URL of Postgres 15 or newer, postgres://user:password@host/db.',
          'uri',
        ),
      ),
      clusterRef: optional(
        clusterRef(
          'A Cluster of CloudNativePG: its Secret <name>-app says where and with which user.',
        ),
      ),
      bundled: bundled(
        'A Postgres',
        '10Gi',
        '250m CPU and 512Mi memory, with a limit of 2Gi memory',
      ),
      maxConnections: optional(
        integer(
          'Connections to Postgres that this pipeline may take; bounds the writers. Absent: what a bundled Postgres or a Cluster of CloudNativePG allows, else 100.',
          { minimum: 20, maximum: 10_000 },
        ),
      ),
      keep: withDefault(
        text(
          'With archive: how long after the end of their day events that are in columnar files stay in Postgres too, for other users of its tables. Penstock itself reads the files, and after archive.retention these rows.',
          { form: KEEP, maxLength: 10 },
        ),
        '2d',
      ),
    },
    [atMostOne(['uriSecretRef', 'clusterRef', 'bundled'], BUNDLED_OTHERWISE)],
  ),
);

export const rabbitmq = filled(
  object(
    'The queue between ingest and writers.',
    {
      uriSecretRef: optional(
        secretKey(
          'Secret with the URL of RabbitMQ 3.10 or newer, amqp://user:password@host.',
          'uri',
        ),
      ),
      clusterRef: optional(
        clusterRef('A RabbitmqCluster of the RabbitMQ Cluster Operator: its default user is used.'),
      ),
      bundled: bundled(
        'A RabbitMQ',
        '10Gi',
        '250m CPU and 512Mi memory, with a limit of 2Gi memory',
      ),
      caSecretRef: optional(
        secretKey(
          'Secret with the certificates (PEM) that may sign the one of RabbitMQ.',
          'ca.crt',
        ),
      ),
      metricsUrl: optional(
        httpUrl(
          'Prometheus endpoint of an external RabbitMQ, as http://rabbitmq:15692, from which the operator reads rates and backlog.',
        ),
      ),
      metricsSecretRef: optional(
        object('User and password for metricsUrl, where it wants them.', {
          name: name('Name of a Secret with the keys username and password.'),
        }),
      ),
    },
    [
      atMostOne(['uriSecretRef', 'clusterRef', 'bundled'], BUNDLED_OTHERWISE),
      {
        cel: '!has(self.metricsSecretRef) || has(self.metricsUrl)',
        message: 'metricsSecretRef is for metricsUrl, which is missing',
        holds: ({ metricsSecretRef, metricsUrl }) =>
          metricsSecretRef === undefined || metricsUrl !== undefined,
      },
    ],
  ),
);

const NOTHING_WHEN_DISABLED: Rule = {
  cel: 'self.enabled || !(has(self.url) || has(self.bundled))',
  message: 'enabled is false: remove url and bundled, or set it to true',
  holds: ({ enabled, url, bundled: own }) =>
    enabled !== false || (url === undefined && own === undefined),
};

const index = filled(
  object('What is copied into the index; the rest is searched in Postgres.', {
    prefix: withDefault(
      text(
        'What the names of the indexes begin with. Pipelines that share a Meilisearch need different ones.',
        { form: PREFIX, maxLength: 50 },
      ),
      'penstock',
    ),
    match: optional(
      text(
        'Which events, as a query without times: level:>=warn is typical at high rates. Absent: all.',
      ),
    ),
    keep: optional(
      duration('How long after its end the index of a day is kept. Absent: as long as the events.'),
    ),
    maxLag: withDefault(
      duration(
        'How far the index may be behind; then older events are filled in when there is time.',
      ),
      '1m',
    ),
  }),
);

export const meilisearch = filled(
  object(
    'The search index for words and phrases. Searches are complete without it, only slower.',
    {
      enabled: withDefault(flag('Whether there is one.'), true),
      url: optional(httpUrl('An existing Meilisearch.')),
      apiKeySecretRef: optional(secretKey('Secret with the API key for url.', 'apiKey')),
      index,
      bundled: bundled(
        'A Meilisearch',
        '10Gi',
        '250m CPU and 512Mi memory, with a limit of 2Gi memory',
      ),
    },
    [
      atMostOne(['url', 'bundled'], BUNDLED_OTHERWISE),
      NOTHING_WHEN_DISABLED,
      {
        cel: 'has(self.url) == has(self.apiKeySecretRef)',
        message: 'url and apiKeySecretRef belong together: write both or neither',
        holds: ({ url, apiKeySecretRef }) =>
          (url === undefined) === (apiKeySecretRef === undefined),
      },
    ],
  ),
);
