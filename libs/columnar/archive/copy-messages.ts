import type { Connection } from 'pg';

/** Who gets the rows of a COPY TO STDOUT. */
export interface RowSink {
  /** @returns whether the row is wanted */
  begin(bytes: number): boolean;
  /** A part of the row that was begun: all of it, or as much as has come. */
  append(bytes: Buffer, start: number, end: number): void;
}

/** Type and length of a message; the length counts itself. */
const HEAD_BYTES = 5;
const TYPE_BYTES = 1;
/** Postgres makes no text longer than this. */
const LONGEST = 2 ** 30;
const COPY_DATA = 'd'.charCodeAt(0);

type DataListener = (bytes: Buffer) => void;

/**
 * Reads what the server sends in place of the driver, from one command to the next: rows go to a sink, all other
 * messages to the driver. The driver would make an object of each row and copy what is left of each piece: the greater
 * part of what copying rows costs. (Of `pg` it takes for granted that its parser reads by listeners of `data`.)
 *
 * Format: https://www.postgresql.org/docs/18/protocol-message-formats.html
 */
export class CopyMessages {
  private readonly stream: Connection['stream'];
  private readonly sink: RowSink;
  private readonly driver: readonly DataListener[];
  private attached = true;
  private readonly head = Buffer.alloc(HEAD_BYTES);
  /** Bytes of `head` that have come. */
  private headBytes = 0;
  /** Bytes of the message's body that are still to come. */
  private left = 0;
  private target: 'sink' | 'driver' | 'nobody' = 'driver';

  /** @param connection between two commands: the driver has read every message to its end */
  constructor({ stream }: Connection, sink: RowSink) {
    this.stream = stream;
    this.sink = sink;
    this.driver = stream.listeners('data') as DataListener[];
    stream.on('data', this.read);
    for (const listener of this.driver) stream.off('data', listener);
  }

  /** Lets the driver read again. At the end of a message. */
  detach(): void {
    if (!this.attached) return;
    this.attached = false;
    for (const listener of this.driver) this.stream.on('data', listener);
    this.stream.off('data', this.read);
  }

  private readonly read = (bytes: Buffer): void => {
    for (let at = 0; at < bytes.length;) {
      if (this.stream.destroyed) return;
      if (!this.attached) {
        this.giveToDriver(bytes.subarray(at));
        return;
      }
      at = this.left > 0 ? this.readBody(bytes, at) : this.readHead(bytes, at);
    }
    giveBack(bytes);
  };

  private readHead(bytes: Buffer, at: number): number {
    if (this.headBytes === 0 && at + HEAD_BYTES <= bytes.length) {
      this.begin(bytes, at);
      return at + HEAD_BYTES;
    }
    const copied = bytes.copy(this.head, this.headBytes, at);
    this.headBytes += copied;
    if (this.headBytes === HEAD_BYTES) {
      this.headBytes = 0;
      this.begin(this.head, 0);
    }
    return at + copied;
  }

  private begin(head: Buffer, at: number): void {
    const left = head.readUInt32BE(at + TYPE_BYTES) + TYPE_BYTES - HEAD_BYTES;
    if (left < 0 || left > LONGEST) {
      this.stream.destroy(new Error('Postgres sent what is no message'));
      return;
    }
    this.left = left;
    if (head[at] === COPY_DATA) this.target = this.sink.begin(this.left) ? 'sink' : 'nobody';
    else {
      this.target = 'driver';
      // A copy, since the driver may keep it until the rest has come.
      this.giveToDriver(Buffer.from(head.subarray(at, at + HEAD_BYTES)));
    }
  }

  private readBody(bytes: Buffer, at: number): number {
    const end = Math.min(at + this.left, bytes.length);
    this.left -= end - at;
    if (this.target === 'sink') this.sink.append(bytes, at, end);
    else if (this.target === 'driver') this.giveToDriver(Buffer.from(bytes.subarray(at, end)));
    return end;
  }

  private giveToDriver(bytes: Buffer): void {
    for (const listener of this.driver) listener(bytes);
  }
}

/**
 * Gives the memory of what the socket read back at once. Left to V8, which counts it with its heap, it had the whole heap
 * looked through five times for each million rows.
 */
function giveBack({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
