import {
  choice,
  filled,
  integer,
  list,
  object,
  optional,
  text,
  withDefault,
} from '../schema/field.ts';
import {
  annotations,
  autoscaling,
  host,
  hosts,
  HTTP_URL,
  MIN_BELOW_MAX,
  NETWORK,
  name,
  replicaCount,
  resources,
  service,
  storage,
  tls,
} from './common.ts';
import { oidc } from './oidc.ts';

export const ingest = filled(
  object('Takes logs over HTTP, on port 3000.', {
    replicas: withDefault(replicaCount('Pods, without autoscaling.'), 2),
    autoscaling: autoscaling(),
    resources: resources('100m CPU and 256Mi memory, with a limit of 768Mi memory'),
    service: service(),
    hosts: hosts('Host names under which ingest is reached, beside those of its Service.'),
    auth: withDefault(
      choice(
        'Tokens of senders. On: sending needs a token, one of the page or the one in the Secret <pipeline>-ingest-token, which is made when there is none. Off: whoever reaches ingest may send.',
        ['On', 'Off'],
      ),
      'On',
    ),
    tls: tls(),
    spool: optional(
      object(
        'A volume for each pod, on which ingest keeps batches while RabbitMQ is away, and acknowledges them. The pods belong to a StatefulSet then.',
        { storage: storage('2Gi') },
      ),
    ),
  }),
);

const scaling = filled(
  object(
    'How the number of writers follows the load.',
    {
      engine: withDefault(
        choice(
          'Builtin: the operator, from the rate and the backlog of the queue. KEDA: a ScaledObject, where KEDA is installed. None: spec.writer.replicas, which people or an autoscaler set.',
          ['Builtin', 'KEDA', 'None'],
        ),
        'Builtin',
      ),
      minReplicas: withDefault(replicaCount('Fewest writers.'), 1),
      maxReplicas: withDefault(
        replicaCount('Most writers. The connections that Postgres allows may bound them further.'),
        10,
      ),
      targetDrainSeconds: withDefault(
        integer('Time in which a backlog is to be drained.', { minimum: 5, maximum: 86_400 }),
        60,
      ),
      eventsPerSecondPerReplica: withDefault(
        integer('Events that one writer stores in a second, until the operator has measured it.', {
          minimum: 1,
          maximum: 10_000_000,
        }),
        20_000,
      ),
      scaleDownStabilizationSeconds: withDefault(
        integer('Time for which fewer writers must have been enough before they become fewer.', {
          minimum: 0,
          maximum: 86_400,
        }),
        300,
      ),
    },
    [MIN_BELOW_MAX],
  ),
);

export const writer = filled(
  object('Stores batches from the queue in Postgres.', {
    replicas: withDefault(
      replicaCount('Pods, with scaling.engine None; kubectl scale sets it. Ignored otherwise.', 0),
      1,
    ),
    scaling,
    resources: resources('250m CPU and 256Mi memory, with a limit of 768Mi memory'),
  }),
);

const ingress = object('An Ingress for page and API.', {
  host: host('Host name.'),
  className: optional(name('IngressClass; absent: the default class of the cluster.')),
  annotations: annotations('Annotations of the Ingress.'),
  tlsSecretName: optional(name('Secret with the certificate of the host.')),
});

const httpRoute = object(
  'An HTTPRoute of the Gateway API for page and API, where that API is installed.',
  {
    hostnames: hosts('Host names of the route.'),
    parentRefs: list(
      'Gateways that serve the route.',
      object('One Gateway.', {
        name: name('Its name.'),
        namespace: optional(name('Its namespace; absent: the one of the pipeline.')),
        sectionName: optional(text('One of its listeners.', { maxLength: 253 })),
      }),
      { maxItems: 8 },
    ),
  },
);

export const gateway = filled(
  object(
    'Answers searches and serves the page, on port 3001.',
    {
      replicas: withDefault(replicaCount('Pods, without autoscaling.'), 1),
      autoscaling: autoscaling(),
      resources: resources('100m CPU and 384Mi memory, with a limit of 1Gi memory'),
      service: service(),
      hosts: hosts('Host names under which the page is reached, beside those of its Service.'),
      auth: withDefault(
        choice(
          'Access control. On: reading needs a login; the password of the user admin is in the Secret <pipeline>-admin, which is made when there is none. Off: whoever reaches the gateway reads all logs.',
          ['On', 'Off'],
        ),
        'On',
      ),
      trustedProxies: withDefault(
        list(
          'Addresses and networks of proxies, such as those of the Ingress controller, whose X-Forwarded-For and X-Forwarded-Proto are believed.',
          text('An address, or a network as 10.0.0.0/8.', { form: NETWORK, maxLength: 49 }),
          { maxItems: 32 },
        ),
        [],
      ),
      publicUrl: optional(
        text(
          'Where browsers reach the page, as https://logs.example.com. Logins by oidc need it; its host need not be in hosts.',
          { form: HTTP_URL },
        ),
      ),
      oidc,
      tls: tls(),
      ingress: optional(ingress),
      httpRoute: optional(httpRoute),
    },
    [
      {
        cel: "!has(self.oidc) || self.auth == 'On'",
        message: 'oidc is for access control: set auth to On, or remove oidc',
        holds: ({ oidc: written, auth }) => written === undefined || auth === 'On',
      },
      {
        cel: '!has(self.oidc) || !has(self.oidc.clientId) || has(self.publicUrl)',
        message:
          'logins by oidc need publicUrl, the address under which browsers reach the page: the provider leads them back to it',
        holds: ({ oidc: written, publicUrl }) =>
          (written as { readonly clientId?: string } | undefined)?.clientId === undefined ||
          publicUrl !== undefined,
      },
    ],
  ),
);

export const keeper = filled(
  object('Runs the background jobs of the store.', {
    resources: resources('50m CPU and 192Mi memory, with a limit of 768Mi memory'),
  }),
);
