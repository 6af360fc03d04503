import { optional, setting } from './definition.ts';
import type { SettingValues } from './read-settings.ts';
import { retentionRules, type RetentionRule } from './retention-rules.ts';
import {
  boolean,
  bytes,
  duration,
  integer,
  oneOf,
  port,
  text,
  textList,
  url,
} from './setting-type.ts';

const MIB = 1024 * 1024;

/** Every setting of the programs, in the order of the table in docs/configuration.md. */
export const SETTINGS = {
  httpPort: setting({
    name: 'HTTP_PORT',
    type: port,
    default: 3000,
    description: 'Port of ingest, query API and page.',
    flag: '--port',
  }),
  httpHost: optional<string>({
    name: 'HTTP_HOST',
    type: text,
    description:
      'Address to listen on. Not set: 127.0.0.1 and ::1, which only this machine reaches. There is no access control yet: whoever reaches another address can read and write everything.',
    flag: '--host',
  }),
  allowedHosts: setting<readonly string[]>({
    name: 'HTTP_ALLOWED_HOSTS',
    type: textList,
    default: [],
    description:
      'Further host names that requests may name in `Host`, for a proxy or a DNS name; `*` allows all. Addresses and localhost are always allowed.',
  }),
  dataDir: optional<string>({
    name: 'DATA_DIR',
    type: text,
    description: 'Folder of the embedded Postgres. Not set: `.data` in the project folder.',
    flag: '--data-dir',
  }),
  databaseUrl: optional<string>({
    name: 'DATABASE_URL',
    type: url('postgres', 'postgresql'),
    description: 'An existing Postgres (15 or newer) to use instead of the embedded one.',
    secret: true,
  }),
  partitionBy: setting<'day' | 'hour'>({
    name: 'STORE_PARTITION',
    type: oneOf('day', 'hour'),
    default: 'day',
    description: 'Length of new partitions.',
  }),
  allowFsyncOff: setting({
    name: 'STORE_ALLOW_FSYNC_OFF',
    type: boolean,
    default: false,
    description:
      'Accept a Postgres with `fsync = off`: a crash of its machine may then lose acknowledged events.',
  }),
  writeConnections: setting({
    name: 'STORE_WRITE_CONNECTIONS',
    type: integer(2, 64),
    default: 4,
    description: 'Connections to Postgres for writing.',
  }),
  readConnections: setting({
    name: 'STORE_READ_CONNECTIONS',
    type: integer(2, 64),
    default: 8,
    description: 'Connections to Postgres for searching.',
  }),
  ingestBytesInFlight: setting({
    name: 'INGEST_BYTES_IN_FLIGHT',
    type: bytes,
    default: 160 * MIB,
    description:
      'Most bytes of requests that are received and not yet answered; beyond, requests get 503 with Retry-After.',
  }),
  queueBytes: setting({
    name: 'QUEUE_BYTES',
    type: bytes,
    default: 64 * MIB,
    description: 'Most bytes of batches that wait in the in-process queue.',
  }),
  skipIndexBytes: setting({
    name: 'SEARCH_SKIP_INDEX_BYTES',
    type: bytes,
    default: 256 * MIB,
    description:
      'Memory for the filters of the skip index; what does not fit is read from Postgres.',
  }),
  retentionDefault: optional<number>({
    name: 'RETENTION_DEFAULT',
    type: duration,
    description: 'How long events are kept that no rule of RETENTION matches. Not set: for ever.',
  }),
  retention: setting<readonly RetentionRule[]>({
    name: 'RETENTION',
    type: retentionRules,
    default: [],
    description:
      'How long events are kept by level and service; the first rule that matches decides.',
  }),
  logFormat: setting<'auto' | 'json' | 'text'>({
    name: 'LOG_FORMAT',
    type: oneOf('auto', 'json', 'text'),
    default: 'auto',
    description: "Form of the program's own log: `auto` is text on a terminal, else JSON lines.",
  }),
  logLevel: setting<'debug' | 'info' | 'warn' | 'error'>({
    name: 'LOG_LEVEL',
    type: oneOf('debug', 'info', 'warn', 'error'),
    default: 'info',
    description: "Mildest level of the program's own log.",
  }),
} as const;

export type Settings = SettingValues<typeof SETTINGS>;
