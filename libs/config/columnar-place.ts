import type { ProcessSettings } from './settings-of.ts';
import { SettingsError } from './read-settings.ts';
import { duration } from './setting-type.ts';

type StorageSettings = Pick<
  ProcessSettings<'gateway'>,
  | 'columnarFolder'
  | 's3Bucket'
  | 's3Prefix'
  | 's3Endpoint'
  | 's3Region'
  | 's3PathStyle'
  | 's3AccessKeyId'
  | 's3SecretAccessKey'
  | 's3Checksum'
  | 'columnarCacheFolder'
> &
  Partial<
    Pick<
      ProcessSettings<'keeper'>,
      's3Encryption' | 's3KmsKeyId' | 'columnarAfter' | 'columnarRetention'
    >
  >;

/** Where columnar files lie. */
export type ColumnarPlace =
  | { readonly kind: 'folder'; readonly folder: string }
  | {
      readonly kind: 's3';
      readonly bucket: string;
      readonly prefix: string;
      readonly endpoint: string | null;
      readonly region: string;
      readonly pathStyle: boolean;
      readonly credentials: {
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
      } | null;
      readonly encryption: 'none' | 'AES256' | 'aws:kms';
      readonly kmsKeyId: string | null;
      readonly checksum: 'crc32' | 'sha256' | 'none';
      /** Of this process, for copies and for what is being made. */
      readonly cacheFolder: string;
    };

/**
 * Where the settings say that columnar files lie; null where nowhere.
 *
 * @throws SettingsError for settings that do not go together, with all that is wrong
 */
export function columnarPlace(settings: StorageSettings): ColumnarPlace | null {
  const problems = problemsOf(settings);
  if (problems.length > 0) throw new SettingsError(problems);
  const { columnarFolder: folder, s3Bucket: bucket, columnarCacheFolder: cacheFolder } = settings;
  if (folder !== null) return { kind: 'folder', folder };
  if (bucket === null || cacheFolder === null) return null;
  const { s3AccessKeyId: accessKeyId, s3SecretAccessKey: secretAccessKey } = settings;
  return {
    kind: 's3',
    bucket,
    prefix: settings.s3Prefix,
    endpoint: settings.s3Endpoint,
    region: settings.s3Region,
    pathStyle: settings.s3PathStyle ?? settings.s3Endpoint !== null,
    credentials:
      accessKeyId === null || secretAccessKey === null ? null : { accessKeyId, secretAccessKey },
    encryption: settings.s3Encryption ?? 'none',
    kmsKeyId: settings.s3KmsKeyId ?? null,
    checksum: settings.s3Checksum,
    cacheFolder,
  };
}

const PREFIX = /^(?:[A-Za-z0-9_][\w.-]*\/)*$/;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

function problemsOf(settings: StorageSettings): string[] {
  const { columnarFolder, s3Bucket, s3Prefix, columnarCacheFolder } = settings;
  const wrong: readonly (readonly [boolean, string])[] = [
    [
      columnarFolder !== null && s3Bucket !== null,
      'COLUMNAR_FOLDER, S3_BUCKET: files lie in one place; set one of them.',
    ],
    [
      s3Bucket !== null && !BUCKET.test(s3Bucket),
      `S3_BUCKET: "${s3Bucket ?? ''}" is no name of a bucket (3 to 63 lower-case letters, digits, - and .).`,
    ],
    [
      s3Bucket !== null && !PREFIX.test(s3Prefix),
      `S3_PREFIX: "${s3Prefix}" is not of names that end with "/" (letters, digits, ".", "_" and "-").`,
    ],
    [
      s3Bucket !== null && columnarCacheFolder === null,
      'COLUMNAR_CACHE_FOLDER: it must be set with S3_BUCKET.',
    ],
    [
      (settings.s3AccessKeyId === null) !== (settings.s3SecretAccessKey === null),
      'S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY: give both, or none for the chain of the AWS SDK.',
    ],
    [
      settings.s3KmsKeyId != null && settings.s3Encryption !== 'aws:kms',
      'S3_KMS_KEY_ID: it needs S3_ENCRYPTION=aws:kms.',
    ],
    [
      s3Bucket === null && (settings.s3Endpoint !== null || settings.s3AccessKeyId !== null),
      'S3_BUCKET: it must be set where S3_ENDPOINT or S3_ACCESS_KEY_ID is.',
    ],
  ];
  return [
    ...wrong.filter(([holds]) => holds).map(([, problem]) => problem),
    ...retentionProblems(settings),
  ];
}

/** Files that are over before they are made would be made for nothing. */
function retentionProblems(settings: StorageSettings): string[] {
  const { columnarFolder, s3Bucket, columnarAfter: after, columnarRetention: keep } = settings;
  if (keep === undefined || keep === null) return [];
  if (columnarFolder === null && s3Bucket === null) {
    return [
      'COLUMNAR_RETENTION: it is about columnar files, for which COLUMNAR_FOLDER or S3_BUCKET says where they lie.',
    ];
  }
  if (after === undefined || keep > after) return [];
  return [
    `COLUMNAR_RETENTION, COLUMNAR_AFTER: files stay for ${duration.format(keep)} after the end of their day, which must be longer than the ${duration.format(after)} after which they are made.`,
  ];
}
