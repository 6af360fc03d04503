import {
  brotliDecompressSync,
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';
import type { Transform } from 'node:stream';

/** Content encodings of request bodies, as they are named in `Accept-Encoding`. */
export const CONTENT_ENCODINGS = ['gzip', 'deflate', 'br', 'zstd'] as const;

export type ContentEncoding = (typeof CONTENT_ENCODINGS)[number];

export type Inflated =
  | { readonly kind: 'inflated'; readonly body: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'corrupt' }
  /** `grow` refused: there is no room for what the body inflates to. */
  | { readonly kind: 'no-room' };

export interface InflateBounds {
  /** Most bytes after inflation. */
  readonly maxBytes: number;
  /** Asked before more than what was asked for is held; false ends the inflation. */
  readonly grow: (bytes: number) => boolean;
}

/** What a small body may inflate to within one turn of the event loop: about a millisecond of work. */
const SYNC_INPUT_BYTES = 64 * 1024;
const SYNC_OUTPUT_BYTES = 1024 * 1024;

/** A frame may ask the decoder for a window of up to 128 MiB; RFC 9659 bounds it to 8 MiB for content encodings. */
const ZSTD_PARAMS = { [constants.ZSTD_d_windowLogMax]: 23 };

/** Concatenated frames are legal in zstd, and Node decodes the first one only; nobody needs more than so many. */
const MAX_ZSTD_FRAMES = 1_000;

interface Codec {
  readonly sync: (body: Buffer, options: SyncOptions) => Buffer;
  readonly stream: () => Transform & { readonly bytesWritten: number };
}

interface SyncOptions {
  readonly maxOutputLength: number;
  readonly info: true;
}

/** What `info: true` makes of the result; the types of Node do not know it. */
interface SyncResult {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

type Frame =
  | Exclude<Inflated, { kind: 'inflated' }>
  | { readonly kind: 'inflated'; readonly body: Buffer; readonly consumed: number };

const ZLIB: Codec = { sync: inflateSync, stream: () => createInflate() };
const RAW: Codec = { sync: inflateRawSync, stream: () => createInflateRaw() };
const GZIP: Codec = { sync: gunzipSync, stream: () => createGunzip() };
const BROTLI: Codec = { sync: brotliDecompressSync, stream: () => createBrotliDecompress() };
const ZSTD: Codec = {
  sync: (body, options) => zstdDecompressSync(body, { ...options, params: ZSTD_PARAMS }),
  stream: () => createZstdDecompress({ params: ZSTD_PARAMS }),
};

/** The encoding of a `Content-Encoding` header; null for none, undefined for one that is not accepted. */
export function contentEncoding(header: string | undefined): ContentEncoding | null | undefined {
  const name = header?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return null;
  if (name === 'x-gzip') return 'gzip';
  return CONTENT_ENCODINGS.find((encoding) => encoding === name);
}

/** Inflates a body, holding never more than the bound and one chunk. Data after the end counts as corrupt. */
export async function inflate(
  body: Buffer,
  encoding: ContentEncoding,
  bounds: InflateBounds,
): Promise<Inflated> {
  const codec = codecOf(body, encoding);
  const maxFrames = encoding === 'zstd' ? MAX_ZSTD_FRAMES : 1;
  const frames: Buffer[] = [];
  let rest = body;
  let room = bounds.maxBytes;
  do {
    if (frames.length === maxFrames) return { kind: 'corrupt' };
    const frame = await inflateFrame(rest, codec, { ...bounds, maxBytes: room });
    if (frame.kind !== 'inflated') return frame;
    frames.push(frame.body);
    room -= frame.body.length;
    rest = rest.subarray(frame.consumed);
  } while (rest.length > 0);
  const [first] = frames;
  const whole = frames.length === 1 && first !== undefined ? first : Buffer.concat(frames);
  return { kind: 'inflated', body: whole };
}

async function inflateFrame(body: Buffer, codec: Codec, bounds: InflateBounds): Promise<Frame> {
  if (body.length <= SYNC_INPUT_BYTES) {
    const inflated = inflateAtOnce(body, codec, bounds);
    if (inflated !== null) return inflated;
  }
  return await inflateStream(body, codec, bounds);
}

/** Null when the result is too large to be made within one turn. */
function inflateAtOnce(body: Buffer, codec: Codec, bounds: InflateBounds): Frame | null {
  const maxOutputLength = Math.max(1, Math.min(SYNC_OUTPUT_BYTES, bounds.maxBytes));
  try {
    const result: unknown = codec.sync(body, { maxOutputLength, info: true });
    const { buffer, engine } = result as SyncResult;
    return bounds.grow(buffer.length)
      ? { kind: 'inflated', body: buffer, consumed: engine.bytesWritten }
      : { kind: 'no-room' };
  } catch (error) {
    return codeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? null : { kind: 'corrupt' };
  }
}

function inflateStream(body: Buffer, codec: Codec, bounds: InflateBounds): Promise<Frame> {
  return new Promise((resolve) => {
    const stream = codec.stream();
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = (result: Frame): void => {
      resolve(result);
      stream.destroy();
    };
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bounds.maxBytes) finish({ kind: 'too-large' });
      else if (!bounds.grow(chunk.length)) finish({ kind: 'no-room' });
      else chunks.push(chunk);
    });
    stream.on('error', () => {
      finish({ kind: 'corrupt' });
    });
    stream.on('end', () => {
      const consumed = stream.bytesWritten;
      finish({ kind: 'inflated', body: Buffer.concat(chunks, bytes), consumed });
    });
    stream.end(body);
  });
}

/** `deflate` means the zlib format, but some senders send the bare stream: RFC 9110, section 8.4.1.2. */
function codecOf(body: Buffer, encoding: ContentEncoding): Codec {
  switch (encoding) {
    case 'gzip':
      return GZIP;
    case 'br':
      return BROTLI;
    case 'zstd':
      return ZSTD;
    case 'deflate':
      return hasZlibHeader(body) ? ZLIB : RAW;
  }
}

/** RFC 1950: method 8, and the first two bytes are a multiple of 31. */
function hasZlibHeader(body: Buffer): boolean {
  return body.length >= 2 && ((body[0] ?? 0) & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0;
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}
