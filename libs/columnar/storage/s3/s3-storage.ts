import { createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type MultipartUpload,
} from '@aws-sdk/client-s3';
import { errorCode } from '../../files/error-code.ts';
import {
  checkObjectName,
  isObjectName,
  ObjectMissingError,
  type ObjectStorage,
  type StoredObject,
} from '../object-storage.ts';
import { FetchWatch } from './fetch-watch.ts';
import { PART_BYTES, readAt, uploadInParts } from './multipart-upload.ts';
import { isMissing, storageError } from './s3-errors.ts';
import { S3_LIMITS, type S3Limits, type S3Settings } from './s3-settings.ts';

/** Connections to the server; further requests wait. */
const CONNECTIONS = 16;
const FETCH_ATTEMPTS = 3;

/** Objects of a bucket. Their integrity: the signature covers what is sent, the checksum is checked on both sides. */
export class S3Storage implements ObjectStorage {
  private readonly client: S3Client;
  private readonly settings: S3Settings;
  private readonly limits: S3Limits;

  constructor(settings: S3Settings, limits: S3Limits = S3_LIMITS) {
    this.settings = settings;
    this.limits = limits;
    this.client = new S3Client(clientSettings(settings, limits));
  }

  async put(name: string, path: string, signal: AbortSignal): Promise<void> {
    const key = this.keyOf(name);
    signal.throwIfAborted();
    const file = await open(path, 'r');
    try {
      const bytes = (await file.stat()).size;
      await this.call(signal, bytes, async (abortSignal) => {
        const target = { ...this.at(key), ...encryptionOf(this.settings), ...this.checksum };
        if (bytes > PART_BYTES) {
          await uploadInParts({ client: this.client, target, file, bytes, signal: abortSignal });
          return;
        }
        const Body = await readAt(file, 0, bytes);
        await this.client.send(new PutObjectCommand({ ...target, Body }), { abortSignal });
      });
    } finally {
      await file.close();
    }
  }

  async fetch(name: string, path: string, signal: AbortSignal): Promise<void> {
    const key = this.keyOf(name);
    for (let attempt = 1; ; attempt++) {
      try {
        await this.fetchOnce(name, key, path, signal);
        return;
      } catch (error) {
        await rm(path, { force: true });
        const isLast = attempt === FETCH_ATTEMPTS || signal.aborted;
        // The SDK repeats a request, but not an answer that broke off.
        if (isLast || !(error instanceof BrokenOffError)) {
          throw error instanceof BrokenOffError ? this.failure(error.cause) : error;
        }
      }
    }
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    const target = this.at(this.keyOf(name));
    await this.call(signal, 0, async (abortSignal) => {
      try {
        await this.client.send(new DeleteObjectCommand(target), { abortSignal });
      } catch (error) {
        // AWS does not tell, some servers do.
        if (!isMissing(error)) throw error;
      }
    });
  }

  async *list(prefix: string, signal: AbortSignal): AsyncGenerator<StoredObject> {
    const { bucket: Bucket, prefix: root } = this.settings;
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket,
        Prefix: `${root}${prefix}`,
        ContinuationToken: token,
      });
      const page = await this.call(signal, 0, (abortSignal) =>
        this.client.send(command, { abortSignal }),
      );
      for (const { Key = '', Size = 0 } of page.Contents ?? []) {
        const name = Key.slice(root.length);
        // Others may have put something there.
        if (isObjectName(name)) yield { name, bytes: Size };
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  async removeUnfinished(before: number, signal: AbortSignal): Promise<number> {
    let removed = 0;
    for await (const { Key, UploadId, Initiated } of this.uploads(signal)) {
      if (Initiated === undefined || Initiated.getTime() >= before) continue;
      const command = new AbortMultipartUploadCommand({
        Bucket: this.settings.bucket,
        Key,
        UploadId,
      });
      await this.call(signal, 0, (abortSignal) => this.client.send(command, { abortSignal }));
      removed++;
    }
    return removed;
  }

  async probe(signal: AbortSignal): Promise<void> {
    const { bucket: Bucket, prefix: Prefix } = this.settings;
    const command = new ListObjectsV2Command({ Bucket, Prefix, MaxKeys: 1 });
    await this.call(signal, 0, (abortSignal) => this.client.send(command, { abortSignal }));
  }

  pathOf(name: string): null {
    checkObjectName(name);
    return null;
  }

  close(): void {
    this.client.destroy();
  }

  private async *uploads(signal: AbortSignal): AsyncGenerator<MultipartUpload> {
    let after: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
    for (;;) {
      const { bucket: Bucket, prefix: Prefix } = this.settings;
      const command = new ListMultipartUploadsCommand({ Bucket, Prefix, ...after });
      const page = await this.call(signal, 0, (abortSignal) =>
        this.client.send(command, { abortSignal }),
      );
      yield* page.Uploads ?? [];
      if (page.IsTruncated !== true) return;
      const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
      after = { KeyMarker, UploadIdMarker };
    }
  }

  private async fetchOnce(
    name: string,
    key: string,
    path: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { stallMs, callMs, slowestBytesPerMs } = this.limits;
    const watch = new FetchWatch(signal, callMs);
    try {
      const command = new GetObjectCommand(this.at(key));
      const { Body, ContentLength = 0 } = await this.client
        .send(command, { abortSignal: watch.signal })
        .catch((error: unknown) => {
          throw isMissing(error) ? new ObjectMissingError(name, error) : watch.causeOf(error);
        });
      const bytes = watch.begin(callMs + ContentLength / slowestBytesPerMs, stallMs);
      const target = createWriteStream(path);
      await pipeline(Body as Readable, bytes, target, { signal: watch.signal }).catch(
        (error: unknown) => {
          // A full disk of this machine is no fault of the storage.
          throw isOfDisk(error)
            ? new DiskError(error)
            : new BrokenOffError(`${name} broke off`, { cause: watch.causeOf(error) });
        },
      );
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof DiskError) throw error.cause;
      throw error instanceof BrokenOffError ? error : this.failure(error);
    } finally {
      watch.end();
    }
  }

  /** One call within its time, with its errors as the port says them. */
  private async call<T>(
    signal: AbortSignal,
    bytes: number,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { callMs, slowestBytesPerMs } = this.limits;
    const limit = AbortSignal.timeout(Math.ceil(callMs + bytes / slowestBytesPerMs));
    try {
      return await work(AbortSignal.any([signal, limit]));
    } catch (error) {
      signal.throwIfAborted();
      throw this.failure(limit.aborted ? limit.reason : error);
    }
  }

  private failure(error: unknown): Error {
    const { endpoint, bucket } = this.settings;
    return storageError(error, `the bucket ${bucket}${endpoint === null ? '' : ` at ${endpoint}`}`);
  }

  private get checksum() {
    const { checksum } = this.settings;
    if (checksum === 'none') return {};
    return { ChecksumAlgorithm: checksum === 'sha256' ? ('SHA256' as const) : ('CRC32' as const) };
  }

  private keyOf(name: string): string {
    checkObjectName(name);
    return `${this.settings.prefix}${name}`;
  }

  private at(Key: string) {
    return { Bucket: this.settings.bucket, Key };
  }
}

/** An answer that did not come to its end. */
class BrokenOffError extends Error {
  override readonly name = 'BrokenOffError';
}

/** An error of this machine's disk. */
class DiskError extends Error {
  override readonly name = 'DiskError';

  constructor(cause: unknown) {
    super('the disk', { cause });
  }
}

function clientSettings(settings: S3Settings, limits: S3Limits) {
  const { region, endpoint, pathStyle, credentials, checksum } = settings;
  const checksums = checksum === 'none' ? 'WHEN_REQUIRED' : 'WHEN_SUPPORTED';
  return {
    region,
    forcePathStyle: pathStyle,
    ...(endpoint === null ? {} : { endpoint }),
    ...(credentials === null ? {} : { credentials }),
    maxAttempts: limits.attempts,
    requestChecksumCalculation: checksums,
    responseChecksumValidation: checksums,
    requestHandler: {
      connectionTimeout: limits.connectMs,
      requestTimeout: limits.requestMs,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: CONNECTIONS },
      httpsAgent: { maxSockets: CONNECTIONS },
    },
  } as const;
}

function encryptionOf({ encryption }: S3Settings) {
  switch (encryption.kind) {
    case 'none':
      return {};
    case 'AES256':
      return { ServerSideEncryption: 'AES256' as const };
    case 'aws:kms':
      return {
        ServerSideEncryption: 'aws:kms' as const,
        ...(encryption.keyId === null ? {} : { SSEKMSKeyId: encryption.keyId }),
      };
  }
}

const DISK_ERRORS = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'ENOENT', 'EIO'];

function isOfDisk(error: unknown): boolean {
  return DISK_ERRORS.includes(errorCode(error) ?? '');
}
