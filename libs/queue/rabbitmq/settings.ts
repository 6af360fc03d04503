import { LIMITS } from '#event';
import type { BackoffSettings } from '#retry';

export type Compression = 'none' | 'gzip' | 'zstd';

/** Files in PEM; null: not used. Read at each connection, so that renewed ones are taken up. */
export interface TlsFiles {
  /** Certificates of the authorities that may sign the broker's certificate, instead of the system's. */
  readonly caFile: string | null;
  /** Certificate and key by which the broker knows this client. */
  readonly certFile: string | null;
  readonly keyFile: string | null;
}

export interface RabbitQueueSettings {
  /** `amqp://` or `amqps://`, with the virtual host as its path. */
  readonly url: string;
  /** Wins over the name in the URL. */
  readonly username: string | null;
  readonly password: string | null;
  readonly tls: TlsFiles;
  /** Queues are called `<prefix>.batches.<shard>` and `<prefix>.batches.dead`. */
  readonly prefix: string;
  /** Number of queues that share the load; more than one pays only with several cores per broker, or nodes. */
  readonly shards: number;
  /** Most bytes of batches in one queue; beyond, publishing is refused. */
  readonly maxQueueBytes: number;
  /** Deliveries that ended without an answer (a crash, a lost connection) before a batch goes to the dead letters. */
  readonly deliveryLimit: number;
  /** Most bytes of batches, over all shards, that are delivered to this process and not acknowledged. */
  readonly maxHeldBytes: number;
  readonly compression: Compression;
  /** Most bytes, and most batches, that are sent and not confirmed. */
  readonly maxInFlightBytes: number;
  readonly maxInFlightBatches: number;
  /**
   * Nothing is published into a queue that is younger, in ms: a node that dies within a second of a declaration may
   * forget the queue and what it confirmed.
   */
  readonly settleMs: number;
  /** How long a paused consumption keeps what it took before it gives it back, in ms. */
  readonly pauseHoldMs: number;
  /** About how long a refused publisher should wait, in ms. */
  readonly retryAfterMs: number;
  /** Bound of one attempt to connect and of one answer of the broker, in ms. */
  readonly timeoutMs: number;
  readonly reconnect: BackoffSettings;
  /** Wait before batches whose handler failed are handed over again. */
  readonly redelivery: BackoffSettings;
}

const MIB = 1024 * 1024;

export const RABBIT_QUEUE_DEFAULTS = {
  username: null,
  password: null,
  tls: { caFile: null, certFile: null, keyFile: null },
  prefix: 'penstock',
  shards: 1,
  maxQueueBytes: 8 * 1024 * MIB,
  deliveryLimit: 100,
  maxHeldBytes: 256 * MIB,
  compression: 'none',
  maxInFlightBytes: 64 * MIB,
  maxInFlightBatches: 4_096,
  settleMs: 5_000,
  pauseHoldMs: 15_000,
  retryAfterMs: 1_000,
  timeoutMs: 10_000,
  reconnect: { baseMs: 200, maxMs: 5_000 },
  redelivery: { baseMs: 50, maxMs: 5_000 },
} as const satisfies Omit<RabbitQueueSettings, 'url'>;

/** What a process reads of its environment; a setting that it does not use keeps its default. */
export interface RabbitEnvironment {
  readonly rabbitmqUsername: string | null;
  readonly rabbitmqPassword: string | null;
  readonly rabbitmqCaFile: string | null;
  readonly rabbitmqCertFile: string | null;
  readonly rabbitmqKeyFile: string | null;
  readonly rabbitmqPrefix: string;
  readonly rabbitmqShards: number;
  readonly rabbitmqQueueBytes: number;
  readonly rabbitmqDeliveryLimit: number;
  readonly rabbitmqBytesHeld?: number;
  readonly rabbitmqCompression?: Compression;
  readonly rabbitmqBytesInFlight?: number;
}

export function rabbitQueueSettings(url: string, given: RabbitEnvironment): RabbitQueueSettings {
  const defaults = RABBIT_QUEUE_DEFAULTS;
  return {
    ...defaults,
    url,
    username: given.rabbitmqUsername,
    password: given.rabbitmqPassword,
    tls: {
      caFile: given.rabbitmqCaFile,
      certFile: given.rabbitmqCertFile,
      keyFile: given.rabbitmqKeyFile,
    },
    prefix: given.rabbitmqPrefix,
    shards: given.rabbitmqShards,
    maxQueueBytes: given.rabbitmqQueueBytes,
    deliveryLimit: given.rabbitmqDeliveryLimit,
    maxHeldBytes: given.rabbitmqBytesHeld ?? defaults.maxHeldBytes,
    compression: given.rabbitmqCompression ?? defaults.compression,
    maxInFlightBytes: given.rabbitmqBytesInFlight ?? defaults.maxInFlightBytes,
  };
}

/** AMQP has 16 bits for it; 0 would mean no bound. */
const MOST_PREFETCH = 65_535;

/**
 * Batches of one shard that may be held at once. RabbitMQ bounds the number of deliveries and not their bytes, so each
 * counts as the largest there is: an event that is alone in its batch.
 */
export function prefetchOf({ maxHeldBytes, shards }: RabbitQueueSettings): number {
  const batches = Math.floor(maxHeldBytes / LIMITS.eventBytes / shards);
  return Math.min(Math.max(batches, 1), MOST_PREFETCH);
}
