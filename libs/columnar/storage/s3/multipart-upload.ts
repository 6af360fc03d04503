import type { FileHandle } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
  type CompletedPart,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';

/** Bytes of a part; S3 takes no less than 5 MiB but for the last, and no more than 10,000 parts. */
export const PART_BYTES = 8 * 1024 * 1024;
/** What is held in memory at once. */
const PARTS_AT_ONCE = 2;
const ABORT_MS = 5_000;

export interface MultipartUpload {
  readonly client: S3Client;
  /** Bucket, key, encryption and algorithm of the checksum. */
  readonly target: Pick<
    PutObjectCommandInput,
    'Bucket' | 'Key' | 'ServerSideEncryption' | 'SSEKMSKeyId' | 'ChecksumAlgorithm'
  >;
  readonly file: FileHandle;
  readonly bytes: number;
  readonly signal: AbortSignal;
}

/**
 * Stores a file in parts, each in memory while it is sent, so that its request can be repeated. There is no object
 * before the last step. Where it fails the parts are removed, if the server still answers; `removeUnfinished` removes
 * the rest later: S3 may bring back a part that was under way when its upload was aborted.
 *
 * Not @aws-sdk/lib-storage: its requests do not end with the signal, and it does not wait for the parts to be removed.
 */
export async function uploadInParts(upload: MultipartUpload): Promise<void> {
  const { client, target, signal } = upload;
  const { Bucket, Key } = target;
  const created = await client.send(new CreateMultipartUploadCommand(target), {
    abortSignal: signal,
  });
  const id = { Bucket, Key, UploadId: created.UploadId };
  try {
    const parts = await uploadParts(upload, created.UploadId);
    await client.send(
      new CompleteMultipartUploadCommand({ ...id, MultipartUpload: { Parts: parts } }),
      { abortSignal: signal },
    );
  } catch (error) {
    await client
      .send(new AbortMultipartUploadCommand(id), { abortSignal: AbortSignal.timeout(ABORT_MS) })
      // The first error says more; `removeUnfinished` comes by.
      .catch(() => undefined);
    throw error;
  }
}

async function uploadParts(
  upload: MultipartUpload,
  uploadId: string | undefined,
): Promise<CompletedPart[]> {
  const count = Math.ceil(upload.bytes / PART_BYTES);
  const parts: CompletedPart[] = [];
  let next = 1;
  const lane = async (): Promise<void> => {
    while (next <= count) {
      const number = next++;
      try {
        parts[number - 1] = await uploadPart(upload, uploadId, number);
      } catch (error) {
        // The other lanes begin no further part.
        next = count + 1;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: PARTS_AT_ONCE }, lane));
  const failed = lanes.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return parts;
}

async function uploadPart(
  { client, target, file, bytes, signal }: MultipartUpload,
  uploadId: string | undefined,
  number: number,
): Promise<CompletedPart> {
  const start = (number - 1) * PART_BYTES;
  const body = await readAt(file, start, Math.min(PART_BYTES, bytes - start));
  const { Bucket, Key, ChecksumAlgorithm } = target;
  const part = { Bucket, Key, ChecksumAlgorithm, UploadId: uploadId, PartNumber: number };
  const { ETag, ChecksumCRC32, ChecksumSHA256 } = await client.send(
    new UploadPartCommand({ ...part, Body: body }),
    { abortSignal: signal },
  );
  return { PartNumber: number, ETag, ChecksumCRC32, ChecksumSHA256 };
}

/** @throws RangeError where the file ends before */
export async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) throw new RangeError('the file became shorter while it was stored');
    filled += bytesRead;
  }
  return buffer;
}
