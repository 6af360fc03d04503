import {
  ObjectMissingError,
  StorageRefusedError,
  StorageUnavailableError,
} from '../object-storage.ts';

/** What went wrong, as the port says it. */
export function storageError(error: unknown, place: string): Error {
  if (isOurs(error)) return error;
  const { name, message, status } = partsOf(error);
  const reason = `${name}: ${message}`;
  if (status === null || status >= 500 || status === 429 || status === 408) {
    return new StorageUnavailableError(`${place} cannot be reached: ${reason}`, { cause: error });
  }
  const remedy = REMEDIES.get(name) ?? REMEDIES.get(String(status)) ?? '';
  return new StorageRefusedError(`${place} refuses: ${reason}${remedy}`, { cause: error });
}

export function isMissing(error: unknown): boolean {
  const { name, status } = partsOf(error);
  // A bucket that is not there is no object that is not there.
  return name === 'NoSuchKey' || (name === 'NotFound' && status === 404);
}

const REMEDIES = new Map([
  ['NoSuchBucket', '. Make the bucket, or set S3_BUCKET to one that is there.'],
  ['InvalidAccessKeyId', '. Set S3_ACCESS_KEY_ID to a key that the server knows.'],
  ['SignatureDoesNotMatch', '. S3_SECRET_ACCESS_KEY is not the secret of that key.'],
  ['PermanentRedirect', '. The bucket is in another region: set S3_REGION.'],
  ['AuthorizationHeaderMalformed', '. The bucket is in another region: set S3_REGION.'],
  ['301', '. The bucket is in another region or behind another endpoint: set S3_REGION.'],
  [
    '403',
    '. The key needs s3:GetObject, s3:ListBucket, and for the keeper s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload, s3:ListBucketMultipartUploads.',
  ],
]);

function isOurs(error: unknown): error is Error {
  return (
    error instanceof ObjectMissingError ||
    error instanceof StorageUnavailableError ||
    error instanceof StorageRefusedError
  );
}

interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

function partsOf(error: unknown): {
  readonly name: string;
  readonly message: string;
  readonly status: number | null;
} {
  if (typeof error !== 'object' || error === null) {
    return { name: 'Error', message: String(error), status: null };
  }
  const { name, message, code, $metadata } = error as SdkError;
  return {
    // Errors of the network are called `Error` and have a code.
    name: typeof code === 'string' ? code : (name ?? 'Error'),
    message: message ?? '',
    status: $metadata?.httpStatusCode ?? (name === 'CredentialsProviderError' ? 401 : null),
  };
}
