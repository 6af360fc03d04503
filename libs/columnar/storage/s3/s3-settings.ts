/** How objects are encrypted where they lie; `none` leaves that to the bucket. */
export type S3Encryption =
  | { readonly kind: 'none' }
  | { readonly kind: 'AES256' }
  /** @see https://docs.aws.amazon.com/kms; a null key is the account's own for S3 */
  | { readonly kind: 'aws:kms'; readonly keyId: string | null };

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A part of a bucket of S3, or of a server that speaks its protocol. */
export interface S3Settings {
  readonly bucket: string;
  /** What all names begin with there, as `logs/`; empty is the whole bucket. */
  readonly prefix: string;
  /** URL of the server; null is the one of AWS for the region. */
  readonly endpoint: string | null;
  readonly region: string;
  /** The bucket in the path of the URL, not in the host name. */
  readonly pathStyle: boolean;
  /** Null: where the SDK finds some, as the role of a pod or of a machine. */
  readonly credentials: S3Credentials | null;
  readonly encryption: S3Encryption;
  /** Checksum that goes with objects and is checked by the server and again when they are fetched. */
  readonly checksum: 'crc32' | 'sha256' | 'none';
}

/** Times in ms. */
export interface S3Limits {
  readonly connectMs: number;
  /** A request until the answer begins: a part of an upload goes in one. */
  readonly requestMs: number;
  /** Longest time without a byte while an object is fetched. */
  readonly stallMs: number;
  /** Tries of one request, the first included; pauses between them grow. */
  readonly attempts: number;
  /** A whole call, and as much more as its bytes take at the slowest speed, in bytes per ms. */
  readonly callMs: number;
  readonly slowestBytesPerMs: number;
}

export const S3_LIMITS: S3Limits = {
  connectMs: 5_000,
  requestMs: 60_000,
  stallMs: 15_000,
  attempts: 4,
  callMs: 90_000,
  slowestBytesPerMs: 128,
};
