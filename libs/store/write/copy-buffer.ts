import type { Micros } from '#event';
import { giveCopyMemoryBack, takeCopyMemory } from './copy-memory.ts';

/** Microseconds from 1970 to 2000-01-01, where Postgres counts from. */
const POSTGRES_EPOCH: Micros = 946_684_800_000_000;
/** `PGCOPY\n\377\r\n\0`, no flags, no header extension. */
const HEADER = Buffer.from('5047434f50590aff0d0a000000000000000000', 'hex');
const FRAME_BYTES = 5;
const COPY_DATA = 0x64;
const COPY_DONE = 0x63;
/** Frames end at the first row beyond this, so that the server reads from a small buffer that stays in its cache. */
const FRAME_TARGET = 64 * 1024;

/**
 * Rows in Postgres' binary COPY format, framed as CopyData messages that go to the socket as they are.
 *
 * Binary, since nothing has to be escaped or scanned: a length and the bytes. The numbers are big-endian.
 * Format: https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-BINARY
 */
export class CopyBuffer {
  rows = 0;
  private bytes: Buffer;
  private end = 0;
  private frameStart = 0;

  constructor(capacity: number) {
    this.bytes = takeCopyMemory(capacity + 64);
    this.openFrame();
    this.end += HEADER.copy(this.bytes, this.end);
  }

  /**
   * Begins a row.
   * @param columns number of fields that follow
   * @param capacity upper bound of the bytes of its values; 4 bytes per field are added
   */
  startRow(columns: number, capacity: number): void {
    if (this.end - this.frameStart > FRAME_TARGET) {
      this.closeFrame();
      this.openFrame();
    }
    this.reserve(capacity + columns * 4 + 2 * FRAME_BYTES + 8);
    this.rows++;
    this.bytes[this.end++] = columns >>> 8;
    this.bytes[this.end++] = columns & 0xff;
  }

  smallint(value: number): void {
    this.length(2);
    this.bytes[this.end++] = (value >>> 8) & 0xff;
    this.bytes[this.end++] = value & 0xff;
  }

  integer(value: number): void {
    this.length(4);
    this.length(value);
  }

  /** A whole number that JavaScript holds exactly. */
  bigint(value: number): void {
    this.length(8);
    this.length(Math.floor(value / 0x1_0000_0000));
    this.length(value >>> 0);
  }

  boolean(value: boolean): void {
    this.length(1);
    this.bytes[this.end++] = value ? 1 : 0;
  }

  timestamp(value: Micros): void {
    this.bigint(value - POSTGRES_EPOCH);
  }

  text(value: string | null): void {
    if (value === null) this.length(-1);
    else this.string(value, 0);
  }

  /** Valid JSON text. */
  jsonb(value: string): void {
    this.string(value, 1);
  }

  bytea(value: Uint8Array): void {
    this.length(value.length);
    this.bytes.set(value, this.end);
    this.end += value.length;
  }

  /** Ends the rows. Whoever has sent them gives their memory back (`giveCopyMemoryBack`). */
  finish(): Buffer {
    this.reserve(2 + FRAME_BYTES);
    this.bytes[this.end++] = 0xff;
    this.bytes[this.end++] = 0xff;
    this.closeFrame();
    this.bytes[this.end++] = COPY_DONE;
    this.length(4);
    return this.bytes.subarray(0, this.end);
  }

  /** @param version 1 for jsonb, whose binary form is this byte and the text; 0 for text, which has none */
  private string(value: string, version: 0 | 1): void {
    const at = this.end;
    this.end += 4;
    if (version === 1) this.bytes[this.end++] = 1;
    const start = this.end;
    this.end += value.length < SHORT ? this.shortText(value) : this.bytes.write(value, start);
    const end = this.end;
    this.end = at;
    this.length(end - at - 4);
    this.end = end;
  }

  /** Short ASCII texts are faster byte by byte than by a call out of JavaScript. */
  private shortText(value: string): number {
    const bytes = this.bytes;
    const start = this.end;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) return bytes.write(value, start);
      bytes[start + i] = code;
    }
    return value.length;
  }

  private length(value: number): void {
    const bytes = this.bytes;
    bytes[this.end++] = value >>> 24;
    bytes[this.end++] = (value >>> 16) & 0xff;
    bytes[this.end++] = (value >>> 8) & 0xff;
    bytes[this.end++] = value & 0xff;
  }

  private openFrame(): void {
    this.frameStart = this.end;
    this.end += FRAME_BYTES;
  }

  private closeFrame(): void {
    this.bytes[this.frameStart] = COPY_DATA;
    this.bytes.writeInt32BE(this.end - this.frameStart - 1, this.frameStart + 1);
  }

  private reserve(count: number): void {
    if (this.end + count <= this.bytes.length) return;
    const larger = takeCopyMemory(Math.max(this.bytes.length * 2, this.end + count));
    this.bytes.copy(larger, 0, 0, this.end);
    giveCopyMemoryBack(this.bytes);
    this.bytes = larger;
  }
}

const SHORT = 24;
