import type { FileHandle } from 'node:fs/promises';
import type { Connection, PoolClient, Submittable } from 'pg';
import { CopyMessages, type RowSink } from './copy-messages.ts';
import type { CopiedContents } from './copied-contents.ts';
import type { RowMeter } from './row-meter.ts';

/** What looks at the rows on their way. */
export interface RowReaders {
  readonly meter: RowMeter;
  readonly contents: CopiedContents;
}

/**
 * Appends the rows that a COPY TO STDOUT sends to a file, as long as a meter takes them.
 *
 * The connection is of no use after a failure.
 *
 * @param pieces memory that is used by one COPY after the other; it grows to a few MiB
 */
export async function copyToFile(
  client: PoolClient,
  sql: string,
  file: FileHandle,
  readers: RowReaders,
  pieces: Buffer[],
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const copy = new CopyQuery(sql, file, readers, pieces);
  const abort = (): void => {
    copy.end(signal.reason as Error);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    await copy.run(client);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

const PIECE_BYTES = 1024 * 1024;
/** Pieces that wait for the disk before Postgres has to. */
const MOST_WAITING = 4;

/** As `pg` runs it: its methods are called with the messages of the server. */
class CopyQuery implements Submittable, RowSink {
  /** Called by the driver's names; the driver puts its timer around it. */
  callback: (error: Error | null) => void = () => undefined;
  private readonly sql: string;
  private readonly file: FileHandle;
  private readonly readers: RowReaders;
  private connection: Connection | null = null;
  private messages: CopyMessages | null = null;
  private failure: Error | null = null;
  private readonly free: Buffer[];
  private piece: Buffer;
  private used = 0;
  /** Where the row that is coming begins in the piece, and what of it is to come. */
  private rowStart = 0;
  private left = 0;
  private waiting = 0;
  private written = Promise.resolve();

  constructor(sql: string, file: FileHandle, readers: RowReaders, free: Buffer[]) {
    this.sql = sql;
    this.file = file;
    this.readers = readers;
    this.free = free;
    this.piece = this.takePiece();
  }

  async run(client: PoolClient): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.callback = (error) => {
        if (error === null) resolve();
        else reject(this.failure ?? error);
      };
      client.query(this);
    }).finally(async () => {
      await this.written;
      if (this.piece.length === PIECE_BYTES) this.free.push(this.piece);
    });
  }

  /** Ends the connection: a COPY cannot be stopped otherwise without reading on to its end. */
  end(reason: Error): void {
    this.failure ??= reason;
    this.connection?.stream.destroy(reason);
  }

  submit(connection: Connection): void {
    this.connection = connection;
    this.messages = new CopyMessages(connection, this);
    connection.query(this.sql);
    if (this.failure !== null) connection.stream.destroy(this.failure);
  }

  begin(bytes: number): boolean {
    if (!this.readers.meter.take(bytes)) return false;
    if (this.used + bytes > this.piece.length) this.flush(bytes);
    this.rowStart = this.used;
    this.left = bytes;
    return true;
  }

  append(bytes: Buffer, start: number, end: number): void {
    this.used += bytes.copy(this.piece, this.used, start, end);
    this.left -= end - start;
    if (this.left === 0) {
      this.readers.contents.read(this.piece, this.rowStart, this.used);
    }
  }

  handleCommandComplete(): void {
    // How many rows they were is counted in the file.
  }

  handleReadyForQuery(): void {
    this.messages?.detach();
    this.flush();
    void this.written.then(() => {
      this.callback(this.failure);
    });
  }

  handleError(error: Error): void {
    this.messages?.detach();
    this.callback(error);
  }

  /** @param needed bytes that the next piece is to hold at the least */
  private flush(needed = 0): void {
    const piece = this.piece;
    const bytes = piece.subarray(0, this.used);
    this.piece = this.takePiece(needed);
    this.used = 0;
    this.waiting++;
    if (this.waiting >= MOST_WAITING) this.connection?.stream.pause();
    this.written = this.written.then(() => this.write(bytes, piece));
  }

  private takePiece(needed = 0): Buffer {
    if (needed > PIECE_BYTES) return Buffer.allocUnsafe(needed);
    return this.free.pop() ?? Buffer.allocUnsafe(PIECE_BYTES);
  }

  private async write(bytes: Buffer, piece: Buffer): Promise<void> {
    try {
      if (this.failure === null) await this.file.writeFile(bytes);
    } catch (error) {
      this.end(error as Error);
    }
    if (piece.length === PIECE_BYTES) this.free.push(piece);
    this.waiting--;
    if (this.waiting < MOST_WAITING) this.connection?.stream.resume();
  }
}
