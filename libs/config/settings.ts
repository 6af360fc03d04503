import { ACCESS_SETTINGS } from './access-settings.ts';
import { optional, setting } from './definition.ts';
import { COLUMNAR_SETTINGS } from './columnar-settings.ts';
import { OIDC_SETTINGS } from './oidc-settings.ts';
import { OTEL_SETTINGS } from './otel-settings.ts';
import type { SettingValues } from './read-settings.ts';
import { INGEST_AUTH_SETTINGS } from './ingest-auth-settings.ts';
import { OPERATOR_SETTINGS } from './operator-settings.ts';
import { PROCESS_NAMES } from './process-name.ts';
import { RABBITMQ_SETTINGS } from './rabbitmq-settings.ts';
import { TLS_SETTINGS } from './tls-settings.ts';
import { retentionRules } from './retention-rules.ts';
import {
  boolean,
  bytes,
  duration,
  integer,
  label,
  oneOf,
  port,
  text,
  textList,
  url,
} from './setting-type.ts';

const MIB = 1024 * 1024;
const MINUTE = 60_000;

/** Every setting of the programs, in the order of the table in docs/configuration.md. */
export const SETTINGS = {
  httpPort: setting({
    name: 'HTTP_PORT',
    usedBy: ['standalone', 'ingest'],
    type: port,
    default: 3000,
    description: 'Port of ingest; with `npm start` of query API and page too.',
    flag: '--port',
  }),
  gatewayPort: setting({
    name: 'GATEWAY_PORT',
    usedBy: ['gateway'],
    type: port,
    default: 3001,
    description: 'Port of query API and page.',
  }),
  operationsPort: setting({
    name: 'OPERATIONS_PORT',
    usedBy: ['writer', 'keeper', 'operator'],
    type: port,
    default: 9090,
    description:
      'Port of `/health/live`, `/health/ready` and `/metrics` of processes that serve nothing else; ingest and gateway have them on their own port.',
  }),
  httpHost: optional({
    name: 'HTTP_HOST',
    usedBy: PROCESS_NAMES,
    type: text,
    description:
      'Address to listen on. Not set: 127.0.0.1 and ::1, which only this machine reaches. With another address access control is on unless AUTH is `off`, and senders need a token unless INGEST_AUTH is `off`.',
    flag: '--host',
  }),
  allowedHosts: setting({
    name: 'HTTP_ALLOWED_HOSTS',
    usedBy: ['standalone', 'ingest', 'gateway'],
    type: textList,
    default: [],
    description:
      'Further host names that requests may name in `Host`, for a proxy or a DNS name, and whose pages may send logs and changes here; `*` allows all. Addresses and localhost may always be named.',
  }),
  ...TLS_SETTINGS,
  dataDir: optional({
    name: 'DATA_DIR',
    usedBy: ['standalone'],
    type: text,
    description: 'Folder of the embedded Postgres. Not set: `.data` in the project folder.',
    flag: '--data-dir',
  }),
  databaseUrl: optional({
    name: 'DATABASE_URL',
    usedBy: ['standalone', 'ingest', 'writer', 'gateway', 'keeper', 'migrate'],
    requiredBy: ['writer', 'gateway', 'keeper', 'migrate'],
    type: url('postgres', 'postgresql'),
    description:
      'Postgres, 15 or newer; `npm start` without it uses an embedded one. Ingest does without, but then leaves it to the writer to find an `Idempotency-Key` that was used for another body.',
    secret: true,
  }),
  ...RABBITMQ_SETTINGS,
  startupTimeout: setting({
    name: 'STARTUP_TIMEOUT',
    usedBy: ['writer', 'gateway', 'keeper', 'operator', 'migrate'],
    type: duration,
    default: 5 * MINUTE,
    description:
      'How long a starting process waits for Postgres, and the operator for the Kubernetes API and LogPipelines; then it ends with code 1. RabbitMQ is awaited without end, and ingest waits for neither: `/health/ready` says what is missing.',
  }),
  partitionBy: setting({
    name: 'STORE_PARTITION',
    usedBy: ['standalone', 'writer'],
    type: oneOf('day', 'hour'),
    default: 'day',
    description: 'Length of new partitions.',
  }),
  allowFsyncOff: setting({
    name: 'STORE_ALLOW_FSYNC_OFF',
    usedBy: ['standalone', 'writer', 'gateway', 'keeper', 'migrate'],
    type: boolean,
    default: false,
    description:
      'Accept a Postgres with `fsync = off`: a crash of its machine may then lose acknowledged events.',
  }),
  writeConnections: setting({
    name: 'STORE_WRITE_CONNECTIONS',
    usedBy: ['standalone', 'writer'],
    type: integer(2, 64),
    default: 4,
    description: 'Connections to Postgres for writing.',
  }),
  readConnections: setting({
    name: 'STORE_READ_CONNECTIONS',
    usedBy: ['standalone', 'gateway'],
    type: integer(2, 64),
    default: 8,
    description: 'Connections to Postgres for searching.',
  }),
  ...INGEST_AUTH_SETTINGS,
  ...OIDC_SETTINGS,
  ingestBytesInFlight: setting({
    name: 'INGEST_BYTES_IN_FLIGHT',
    usedBy: ['standalone', 'ingest'],
    type: bytes,
    default: 160 * MIB,
    description:
      'Most bytes of requests that are received and not yet answered; beyond, requests get 503 with Retry-After.',
  }),
  spoolFolder: optional<string, 'ingest'>({
    name: 'SPOOL_FOLDER',
    usedBy: ['ingest'],
    type: text,
    description:
      'Folder where ingest keeps batches while RabbitMQ is away, and acknowledges them; on a disk that outlives the process, and one for each ingest. Not set: requests get 503 then.',
  }),
  spoolMaxBytes: setting({
    name: 'SPOOL_MAX_BYTES',
    usedBy: ['ingest'],
    type: bytes,
    default: 1024 * MIB,
    description: 'Most bytes in SPOOL_FOLDER; beyond, requests get 503 with Retry-After.',
  }),
  queueBytes: setting({
    name: 'QUEUE_BYTES',
    usedBy: ['standalone'],
    type: bytes,
    default: 64 * MIB,
    description: 'Most bytes of batches that wait in the in-process queue.',
  }),
  skipIndexBytes: setting({
    name: 'SEARCH_SKIP_INDEX_BYTES',
    usedBy: ['standalone', 'gateway'],
    type: bytes,
    default: 256 * MIB,
    description:
      'Memory for the filters of the skip index; what does not fit is read from Postgres.',
  }),
  meiliUrl: optional({
    name: 'MEILI_URL',
    usedBy: ['standalone', 'gateway', 'keeper'],
    type: url('http', 'https'),
    description:
      'Meilisearch, 1.14 or newer: finds words faster in what it holds, and similar messages. Not set: all is read from Postgres. Everything is searchable without it, and while it is away.',
  }),
  meiliApiKey: optional({
    name: 'MEILI_API_KEY',
    usedBy: ['standalone', 'gateway', 'keeper'],
    type: text,
    description:
      'Key of Meilisearch. The gateway needs one that may search; the keeper needs one for `search`, `indexes.*`, `documents.*`, `settings.*`, `tasks.get` and `stats.get`.',
    secret: true,
  }),
  indexPrefix: setting({
    name: 'INDEX_PREFIX',
    usedBy: ['standalone', 'gateway', 'keeper'],
    type: label,
    default: 'penstock',
    description:
      'What the names of the indexes begin with: `<prefix>-2026-03-10`. Pipelines that share a Meilisearch need different ones, for each drops indexes of its prefix that it does not know.',
  }),
  indexMatch: optional({
    name: 'INDEX_MATCH',
    usedBy: ['standalone', 'keeper'],
    type: text,
    description:
      'Which events are copied into the index, as a query without times: `level:>=warn` is typical at high rates. Not set: all. The others are searched in Postgres.',
  }),
  indexKeep: optional({
    name: 'INDEX_KEEP',
    usedBy: ['standalone', 'keeper'],
    type: duration,
    description:
      'How long after its end the index of a day is kept. Not set: as long as the events. Older events are searched in Postgres.',
  }),
  indexMaxLag: setting({
    name: 'INDEX_MAX_LAG',
    usedBy: ['standalone', 'keeper'],
    type: duration,
    default: MINUTE,
    description:
      'How far the index may be behind; then older events are left to Postgres, and filled in when there is time.',
  }),
  ...COLUMNAR_SETTINGS,
  retentionDefault: optional({
    name: 'RETENTION_DEFAULT',
    usedBy: ['standalone', 'keeper'],
    type: duration,
    description: 'How long events are kept that no rule of RETENTION matches. Not set: for ever.',
  }),
  retention: setting({
    name: 'RETENTION',
    usedBy: ['standalone', 'keeper'],
    type: retentionRules,
    default: [],
    description:
      'How long events are kept by level and service; the first rule that matches decides.',
  }),
  ...ACCESS_SETTINGS,
  ...OPERATOR_SETTINGS,
  logFormat: setting({
    name: 'LOG_FORMAT',
    usedBy: PROCESS_NAMES,
    type: oneOf('auto', 'json', 'text'),
    default: 'auto',
    description: "Form of the program's own log: `auto` is text on a terminal, else JSON lines.",
  }),
  logLevel: setting({
    name: 'LOG_LEVEL',
    usedBy: PROCESS_NAMES,
    type: oneOf('debug', 'info', 'warn', 'error'),
    default: 'info',
    description: "Mildest level of the program's own log.",
  }),
  ...OTEL_SETTINGS,
} as const;

export type Settings = SettingValues<typeof SETTINGS>;
