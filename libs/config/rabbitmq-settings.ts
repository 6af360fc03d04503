import { optional, setting } from './definition.ts';
import { bytes, integer, oneOf, text, url } from './setting-type.ts';

const MIB = 1024 * 1024;

/** RabbitMQ between ingest and writers. */
export const RABBITMQ_SETTINGS = {
  rabbitmqUrl: optional({
    name: 'RABBITMQ_URL',
    usedBy: ['ingest', 'writer', 'gateway'],
    requiredBy: ['ingest', 'writer'],
    type: url('amqp', 'amqps'),
    description:
      'RabbitMQ, 3.10 or newer. The gateway needs it only to replay quarantined events; `npm start` has a queue of its own.',
    secret: true,
  }),
  rabbitmqUsername: optional({
    name: 'RABBITMQ_USERNAME',
    usedBy: ['ingest', 'writer', 'gateway'],
    type: text,
    description: 'User of RabbitMQ. Not set: the one of RABBITMQ_URL, else guest.',
  }),
  rabbitmqPassword: optional({
    name: 'RABBITMQ_PASSWORD',
    usedBy: ['ingest', 'writer', 'gateway'],
    type: text,
    description: 'Password of RabbitMQ. Not set: the one of RABBITMQ_URL, else guest.',
    secret: true,
  }),
  rabbitmqCaFile: optional({
    name: 'RABBITMQ_CA_FILE',
    usedBy: ['ingest', 'writer', 'gateway'],
    type: text,
    description:
      'Certificates (PEM) of the authorities that may sign the certificate of RabbitMQ, instead of the known ones; for `amqps://`.',
  }),
  rabbitmqCertFile: optional({
    name: 'RABBITMQ_CERT_FILE',
    usedBy: ['ingest', 'writer', 'gateway'],
    type: text,
    description: 'Certificate (PEM) to show to RabbitMQ; needs RABBITMQ_KEY_FILE.',
  }),
  rabbitmqKeyFile: optional({
    name: 'RABBITMQ_KEY_FILE',
    usedBy: ['ingest', 'writer', 'gateway'],
    type: text,
    description: 'Key (PEM) of the certificate in RABBITMQ_CERT_FILE.',
  }),
  rabbitmqPrefix: setting({
    name: 'RABBITMQ_PREFIX',
    usedBy: ['ingest', 'writer', 'gateway'],
    type: text,
    default: 'penstock',
    description:
      'What the names of the queues begin with: `<prefix>.batches.<shard>` and `<prefix>.batches.dead`.',
  }),
  rabbitmqShards: setting({
    name: 'RABBITMQ_SHARDS',
    usedBy: ['ingest', 'writer', 'gateway'],
    type: integer(1, 64),
    default: 1,
    description:
      'Queues that share the load. More than one pays where a broker has several cores to spare, or is a cluster. Writers must have at least as many as ingest.',
  }),
  rabbitmqQueueBytes: setting({
    name: 'RABBITMQ_QUEUE_BYTES',
    usedBy: ['ingest', 'writer', 'gateway'],
    type: bytes,
    default: 8192 * MIB,
    description:
      'Most bytes in one queue; beyond, requests get 503 with Retry-After. Counts where the queue is created; for an existing one use a policy of RabbitMQ.',
  }),
  rabbitmqDeliveryLimit: setting({
    name: 'RABBITMQ_DELIVERY_LIMIT',
    usedBy: ['ingest', 'writer', 'gateway'],
    type: integer(1, 1_000_000),
    default: 100,
    description:
      'Deliveries of a batch that end without an answer, as by a crash of the writer, before it is moved into quarantine. Counts where the queue is created.',
  }),
  rabbitmqBytesHeld: setting({
    name: 'RABBITMQ_BYTES_HELD',
    usedBy: ['writer'],
    type: bytes,
    default: 256 * MIB,
    description:
      'Most bytes of batches that a writer holds without having acknowledged them. RabbitMQ counts batches: one is taken for 4 MiB, the largest event, and each queue gives at least one.',
  }),
  rabbitmqCompression: setting({
    name: 'RABBITMQ_COMPRESSION',
    usedBy: ['ingest', 'gateway'],
    type: oneOf('none', 'gzip', 'zstd'),
    default: 'none',
    description:
      'Compression of batches on their way through RabbitMQ: pays where its disk or the network is the limit, and costs CPU.',
  }),
  rabbitmqBytesInFlight: setting({
    name: 'RABBITMQ_BYTES_IN_FLIGHT',
    usedBy: ['ingest', 'gateway'],
    type: bytes,
    default: 64 * MIB,
    description:
      'Most bytes of batches that are sent to RabbitMQ and not confirmed; beyond, requests get 503 with Retry-After.',
  }),
} as const;
