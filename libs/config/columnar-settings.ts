import { optional, setting } from './definition.ts';
import { keepTime } from './keep-rows.ts';
import { boolean, bytes, duration, integer, oneOf, text, url } from './setting-type.ts';

const MIB = 1024 * 1024;
const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;

/** Processes that read or write files. */
const STORAGE_USERS = ['standalone', 'gateway', 'keeper'] as const;

/** Columnar files, and where they lie. */
export const COLUMNAR_SETTINGS = {
  columnarFolder: optional({
    name: 'COLUMNAR_FOLDER',
    usedBy: STORAGE_USERS,
    type: text,
    description:
      'Folder of columnar files (Parquet), into which the events of closed days are moved: about a sixth of the disk. Keeper and gateways must see the same one. Neither this nor S3_BUCKET: all events stay in Postgres. Once there are files, it must stay set.',
  }),
  s3Bucket: optional({
    name: 'S3_BUCKET',
    usedBy: STORAGE_USERS,
    type: text,
    description:
      'Bucket of columnar files, in S3 or what speaks its protocol, instead of COLUMNAR_FOLDER.',
  }),
  s3Prefix: setting({
    name: 'S3_PREFIX',
    usedBy: STORAGE_USERS,
    type: text,
    default: 'penstock/',
    description:
      'What the names of objects begin with. Pipelines that share a bucket need different ones.',
  }),
  s3Endpoint: optional({
    name: 'S3_ENDPOINT',
    usedBy: STORAGE_USERS,
    type: url('http', 'https'),
    description: 'Where the bucket is. Not set: AWS.',
  }),
  s3Region: setting({
    name: 'S3_REGION',
    usedBy: STORAGE_USERS,
    type: text,
    default: 'us-east-1',
    description: 'Region of the bucket.',
  }),
  s3PathStyle: optional({
    name: 'S3_PATH_STYLE',
    usedBy: STORAGE_USERS,
    type: boolean,
    description:
      'Whether the bucket is named in the path of the URL instead of its host. Not set: `true` with S3_ENDPOINT.',
  }),
  s3AccessKeyId: optional({
    name: 'S3_ACCESS_KEY_ID',
    usedBy: STORAGE_USERS,
    type: text,
    description:
      'Key of the bucket. Not set: what the chain of the AWS SDK finds, as the role of a pod or `AWS_ACCESS_KEY_ID`.',
    secret: true,
  }),
  s3SecretAccessKey: optional({
    name: 'S3_SECRET_ACCESS_KEY',
    usedBy: STORAGE_USERS,
    type: text,
    description: 'Secret of S3_ACCESS_KEY_ID.',
    secret: true,
  }),
  s3Encryption: setting({
    name: 'S3_ENCRYPTION',
    usedBy: ['standalone', 'keeper'],
    type: oneOf('none', 'AES256', 'aws:kms'),
    default: 'none',
    description:
      'Encryption that is asked for when objects are stored; `none` leaves it to the bucket.',
  }),
  s3KmsKeyId: optional({
    name: 'S3_KMS_KEY_ID',
    usedBy: ['standalone', 'keeper'],
    type: text,
    description: "Key for `aws:kms`. Not set: the account's own for S3.",
  }),
  s3Checksum: setting({
    name: 'S3_CHECKSUM',
    usedBy: STORAGE_USERS,
    type: oneOf('crc32', 'sha256', 'none'),
    default: 'crc32',
    description:
      'Checksum that goes with objects, for servers that check it; `none` for those that refuse it. Objects are compared with the SHA-256 of the catalog in any case.',
  }),
  columnarCacheFolder: optional({
    name: 'COLUMNAR_CACHE_FOLDER',
    usedBy: STORAGE_USERS,
    type: text,
    description:
      'Folder for copies of what lies in S3_BUCKET, and for files that are being made; one for each process. Required with S3_BUCKET. It may be lost.',
  }),
  columnarCacheBytes: setting({
    name: 'COLUMNAR_CACHE_BYTES',
    usedBy: ['standalone', 'gateway'],
    type: bytes,
    default: 4096 * MIB,
    description:
      'Most bytes of copies in COLUMNAR_CACHE_FOLDER. A search over many days at once needs the files that may hold matches: about 40 MB per million events.',
  }),
  columnarMemory: setting({
    name: 'COLUMNAR_MEMORY',
    usedBy: STORAGE_USERS,
    type: bytes,
    default: 256 * MIB,
    description:
      'Memory of DuckDB for searching columnar files in the gateway, and for making them in the keeper; `npm start` takes it twice.',
  }),
  columnarThreads: setting({
    name: 'COLUMNAR_THREADS',
    usedBy: ['standalone', 'gateway'],
    type: integer(1, 64),
    default: 2,
    description: 'Threads of DuckDB for searching columnar files.',
  }),
  columnarAfter: setting({
    name: 'COLUMNAR_AFTER',
    usedBy: ['standalone', 'keeper'],
    type: duration,
    default: HOUR,
    description:
      'How long after its end a day becomes columnar files. Events that come later stay in Postgres until they are many.',
  }),
  columnarRetention: optional({
    name: 'COLUMNAR_RETENTION',
    usedBy: ['standalone', 'keeper'],
    type: duration,
    description:
      'How long after the end of their day columnar files stay at the most; longer than COLUMNAR_AFTER. Then their events are gone, except those that Postgres still has (POSTGRES_KEEP, late ones). Not set: as long as RETENTION_DEFAULT and RETENTION say.',
  }),
  postgresKeep: setting({
    name: 'POSTGRES_KEEP',
    usedBy: ['standalone', 'keeper'],
    type: keepTime,
    default: 2 * DAY,
    description:
      'How long after the end of their day events that are in columnar files stay in Postgres too, for other users of its tables. Penstock itself reads the files, and after COLUMNAR_RETENTION these rows.',
  }),
} as const;
