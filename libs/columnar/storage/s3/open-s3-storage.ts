import type { S3Settings } from './s3-settings.ts';
import type { S3Storage } from './s3-storage.ts';

/** Loads the SDK only where a bucket is named: it is large, and most processes have none. Nothing is connected yet. */
export async function openS3Storage(settings: S3Settings): Promise<S3Storage> {
  const { S3Storage: Storage } = await import('./s3-storage.ts');
  return new Storage(settings);
}
