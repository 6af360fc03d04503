import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Longest body of a request in bytes; a longer line travels alone. */
const BODY_BYTES = 4 * 1024 * 1024;

/** The lines of an NDJSON file in batches, as they are; `.gz` is inflated. Rejects when the file cannot be read. */
export async function* fileEvents(path: string, batch: number): AsyncGenerator<string[]> {
  const source = createReadStream(path);
  let failure: Error | null = null;
  const fail = (error: Error | null | undefined): void => {
    failure ??= error ?? null;
  };
  const text = path.endsWith('.gz')
    ? pipeline(source, createGunzip(), fail)
    : source.on('error', fail);
  let lines: string[] = [];
  let bytes = 0;
  for await (const line of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    const size = Buffer.byteLength(line) + 1;
    if (lines.length > 0 && bytes + size > BODY_BYTES) {
      yield lines;
      [lines, bytes] = [[], 0];
    }
    lines.push(line);
    bytes += size;
    if (lines.length < batch) continue;
    yield lines;
    [lines, bytes] = [[], 0];
  }
  // A failure ends the lines like an end of the file, so it is looked at afterwards.
  throwIfFailed(failure);
  if (lines.length > 0) yield lines;
}

function throwIfFailed(failure: Error | null): void {
  if (failure !== null) throw failure;
}
