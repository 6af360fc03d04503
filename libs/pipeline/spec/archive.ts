import {
  choice,
  flag,
  object,
  optional,
  quantity,
  text,
  withDefault,
  type TextForm,
} from '../schema/field.ts';
import { duration, HTTP_URL, longerThan, name } from './common.ts';

const BUCKET: TextForm = {
  pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
  words: 'the name of a bucket, 3 to 63 of a-z, 0-9, - and .',
};

const OBJECT_PREFIX: TextForm = {
  pattern: '^([A-Za-z0-9_][A-Za-z0-9_.-]*/)+$',
  words: 'names that end with /, as logs/shop/',
};

const REGION: TextForm = {
  pattern: '^[a-z0-9][a-z0-9-]*$',
  words: 'a region, as eu-central-1',
};

const KMS_KEY: TextForm = {
  pattern: '^[A-Za-z0-9:/_-]+$',
  words: 'the id, alias or ARN of a key',
};

/** Closed days as columnar files in object storage. */
export const archive = optional(
  object(
    'Closed days become columnar files (Parquet) in a bucket of S3, or of a server that speaks its protocol: about a sixth of the disk. Absent: all events stay in Postgres.',
    {
      bucket: text('Name of the bucket, which exists.', { form: BUCKET, maxLength: 63 }),
      prefix: optional(
        text(
          'What the names of its objects begin with. Absent: <namespace>/<name>/. Pipelines that share a bucket need different ones.',
          { form: OBJECT_PREFIX, maxLength: 256 },
        ),
      ),
      endpoint: optional(
        text('URL of the server, as https://minio.storage.svc:9000. Absent: AWS.', {
          form: HTTP_URL,
        }),
      ),
      region: withDefault(
        text('Region of the bucket.', { form: REGION, maxLength: 64 }),
        'us-east-1',
      ),
      pathStyle: optional(
        flag(
          'Whether the bucket is named in the path of URLs instead of the host. Absent: true with endpoint.',
        ),
      ),
      secretRef: optional(
        object('Key for the bucket. Absent: what the pods find, as a role of their node.', {
          name: name(
            'Name of a Secret with the keys accessKeyId and secretAccessKey, in the namespace of the pipeline.',
          ),
        }),
      ),
      encryption: withDefault(
        choice('Encryption that is asked for; None leaves it to the bucket.', [
          'None',
          'AES256',
          'KMS',
        ]),
        'None',
      ),
      kmsKeyId: optional(
        text("Key for KMS. Absent: the account's own for S3.", { form: KMS_KEY, maxLength: 2_048 }),
      ),
      after: withDefault(
        duration(
          'How long after its end a day is moved. Events that come later stay in Postgres until they are many.',
        ),
        '1h',
      ),
      retention: optional(
        duration(
          'How long after the end of their day files stay at the most, as 90d. Then their events are gone, except those that Postgres still has (postgres.keep, and what came late). Absent: as long as spec.retention says.',
        ),
      ),
      cacheSize: withDefault(
        quantity(
          'Disk of each gateway for copies of files, as an emptyDir: about 40 MB per million events of what is searched often.',
        ),
        '5Gi',
      ),
    },
    [
      longerThan('retention', 'after'),
      {
        cel: 'self.bucket == oldSelf.bucket',
        message: 'bucket cannot change: what is in the other one would not be found',
      },
      {
        cel: 'has(self.prefix) == has(oldSelf.prefix) && (!has(self.prefix) || self.prefix == oldSelf.prefix)',
        message: 'prefix cannot change: what lies under the other one would not be found',
      },
      {
        cel: "!has(self.kmsKeyId) || self.encryption == 'KMS'",
        message: 'kmsKeyId is for encryption KMS',
        holds: ({ kmsKeyId, encryption }) => kmsKeyId === undefined || encryption === 'KMS',
      },
    ],
  ),
);
