import {
  choice,
  filled,
  integer,
  list,
  map,
  object,
  optional,
  quantity,
  text,
  withDefault,
  type Rule,
  type TextForm,
} from '../schema/field.ts';

export const NAME: TextForm = {
  pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$',
  words: 'the name of a Kubernetes object, as my-secret',
};

const HOST: TextForm = {
  pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
  words: 'a host name in lower case, as logs.example.com',
};

export const NETWORK: TextForm = {
  pattern:
    '^((25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})(\\.(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})){3}|[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7})(/[0-9]{1,3})?$',
  words: 'an IP address or a network, as 10.0.0.0/8',
};

export const HTTP_URL: TextForm = {
  pattern: '^https?://[^ ]+$',
  words: 'a URL that begins with http:// or https://',
};

/** Of queues and of indexes. */
export const PREFIX: TextForm = {
  pattern: '^[a-z0-9]([-a-z0-9_]*[a-z0-9])?$',
  words: 'a name of a-z, 0-9, - and _, as penstock-shop',
};

/** Units of durations are those of the settings of the processes. */
export const DURATION: TextForm = {
  pattern: '^[1-9][0-9]{0,8}(s|m|h|d)$',
  words: 'a duration like 30d, 12h, 15m or 30s',
};

const MAX_NAME = 253;

export const name = (description: string) => text(description, { form: NAME, maxLength: MAX_NAME });
export const host = (description: string) => text(description, { form: HOST, maxLength: MAX_NAME });
export const duration = (description: string) =>
  text(description, { form: DURATION, maxLength: 10 });

/** One key of a Secret in the namespace of the pipeline. */
export const secretKey = (description: string, key: string) =>
  object(description, {
    name: name('Name of the Secret, in the namespace of the pipeline.'),
    key: withDefault(text('Key in the Secret.', { maxLength: MAX_NAME }), key),
  });

/** HTTPS of pods that others than the pipeline reach. */
export const tls = () =>
  optional(
    object(
      'HTTPS on the port, instead of HTTP. A certificate that is renewed counts within two minutes, without a restart.',
      {
        secretRef: object('The certificate and its key.', {
          name: name(
            'Name of a Secret with the keys tls.crt and tls.key, as of the type kubernetes.io/tls, in the namespace of the pipeline.',
          ),
        }),
        clientCaSecretRef: optional(
          secretKey(
            'Secret with certificates (PEM): clients need one that was signed by one of them. Health and metrics are answered without.',
            'ca.crt',
          ),
        ),
      },
    ),
  );

/** Another resource that an operator looks after. */
export const clusterRef = (description: string) =>
  object(description, { name: name('Name of the resource, in the namespace of the pipeline.') });

export const resources = (described: string) =>
  optional(
    object(`CPU and memory of a pod, as in any pod. What is not written is ${described}.`, {
      requests: optional(map('What the scheduler reserves.', quantity('Amount.'))),
      limits: optional(map('What the pod may use at most.', quantity('Amount.'))),
    }),
  );

export const hosts = (description: string) =>
  withDefault(list(description, host('A host name.'), { maxItems: 32 }), []);

const annotationText = text('Value.', { minLength: 0, maxLength: 4_096 });

export const annotations = (description: string) => optional(map(description, annotationText));

export const service = () =>
  filled(
    object('The Service in front of the pods.', {
      type: withDefault(
        choice('How the Service is published.', ['ClusterIP', 'NodePort', 'LoadBalancer']),
        'ClusterIP',
      ),
      annotations: annotations(
        'Annotations of the Service, as load balancers of clouds read them.',
      ),
    }),
  );

const MOST_REPLICAS = 1_000;

export const replicaCount = (description: string, minimum = 1) =>
  integer(description, { minimum, maximum: MOST_REPLICAS });

const MIN_BELOW_MAX: Rule = {
  cel: 'self.minReplicas <= self.maxReplicas',
  message: 'minReplicas must not be above maxReplicas',
  holds: ({ minReplicas, maxReplicas }) => Number(minReplicas) <= Number(maxReplicas),
};
export { MIN_BELOW_MAX };

export const autoscaling = () =>
  optional(
    object(
      'A HorizontalPodAutoscaler on CPU, which then owns the number of pods; it needs the metrics server.',
      {
        minReplicas: withDefault(replicaCount('Fewest pods.'), 2),
        maxReplicas: withDefault(replicaCount('Most pods.'), 10),
        targetCpuPercent: withDefault(
          integer('CPU use to aim at, in percent of the request.', { minimum: 10, maximum: 100 }),
          70,
        ),
      },
      [MIN_BELOW_MAX],
    ),
  );

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

function secondsOf(duration: unknown): number {
  const text = String(duration);
  return Number(text.slice(0, -1)) * (SECONDS[text.slice(-1)] ?? Number.NaN);
}

/** An optional duration that must be longer than another; where either is none, its own form says so. */
export function longerThan(longer: string, shorter: string): Rule {
  const units = Object.entries(SECONDS).map(([unit, seconds]) => `'${unit}': ${seconds}`);
  const seconds = (name: string) => {
    const text = `self.${name}`;
    const unit = `${text}.substring(size(${text}) - 1)`;
    return `int(${text}.substring(0, size(${text}) - 1)) * {${units.join(', ')}}[${unit}]`;
  };
  const isNone = (name: string) => `!self.${name}.matches(r"${DURATION.pattern}")`;
  return {
    cel: `!has(self.${longer}) || ${isNone(longer)} || ${isNone(shorter)} || ${seconds(longer)} > ${seconds(shorter)}`,
    message: `${longer} must be longer than ${shorter}`,
    holds: (value) =>
      value[longer] === undefined || secondsOf(value[longer]) > secondsOf(value[shorter]),
  };
}

const STORAGE_STAYS: Rule = {
  cel: 'self == oldSelf',
  message:
    'storage cannot change once the volume claim is made; to grow it, edit the PersistentVolumeClaim',
};

/** A volume claim of a bundled backend or of a spool. */
export const storage = (size: string) =>
  filled(
    object(
      'The volume claim of each pod.',
      {
        size: withDefault(quantity('Size of the volume.'), size),
        className: optional(name('StorageClass; absent: the default class of the cluster.')),
      },
      [STORAGE_STAYS],
    ),
  );

/** At most one of several fields may be written. */
export function atMostOne(names: readonly string[], otherwise: string): Rule {
  const present = names.map((each) => `has(self.${each})`).join(', ');
  return {
    cel: `[${present}].filter(x, x).size() <= 1`,
    message: `write only one of ${names.join(', ')}${otherwise}`,
    holds: (value) => names.filter((each) => value[each] !== undefined).length <= 1,
  };
}
