import type { FileHandle } from 'node:fs/promises';
import { DatabaseError, type ClientBase, type Connection, type Submittable } from 'pg';
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
 * Unless it was Postgres that failed, the connection ends with a failure.
 *
 * @param pieces memory that is used by one COPY after the other; it grows to a few MiB
 */
export async function copyToFile(
  client: ClientBase,
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
/** What waits for the disk before Postgres has to; one row more at the most. */
const MOST_WAITING_BYTES = 4 * PIECE_BYTES;

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
  private waitingBytes = 0;
  private written = Promise.resolve();

  constructor(sql: string, file: FileHandle, readers: RowReaders, free: Buffer[]) {
    this.sql = sql;
    this.file = file;
    this.readers = readers;
    this.free = free;
    this.piece = this.takePiece(0);
  }

  async run(client: ClientBase): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.callback = (error) => {
        if (error === null) resolve();
        else reject(this.failure ?? error);
      };
      client.query(this);
    }).finally(async () => {
      await this.written;
      this.putBack(this.piece);
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

  /** Also called by the driver's own timer, amid the rows: then nobody can read on. */
  handleError(error: Error): void {
    if (error instanceof DatabaseError) this.messages?.detach();
    else this.end(error);
    this.callback(error);
  }

  /** Rows are read past the driver. */
  handleCopyData(): void {
    this.end(new Error('the driver was given a row'));
  }

  /** @param needed bytes that the next piece is to hold at the least */
  private flush(needed = 0): void {
    const { piece, used } = this;
    this.piece = this.takePiece(needed);
    this.used = 0;
    this.waitingBytes += piece.length;
    if (this.waitingBytes >= MOST_WAITING_BYTES) this.connection?.stream.pause();
    this.written = this.written.then(() => this.write(piece, used));
  }

  private takePiece(needed: number): Buffer {
    if (needed > PIECE_BYTES) return Buffer.allocUnsafe(needed);
    return this.free.pop() ?? Buffer.allocUnsafe(PIECE_BYTES);
  }

  /** A piece that is longer than others, for a long row, is not kept. */
  private putBack(piece: Buffer): void {
    if (piece.length === PIECE_BYTES) this.free.push(piece);
    else if (piece.buffer instanceof ArrayBuffer) piece.buffer.transfer(0);
  }

  private async write(piece: Buffer, used: number): Promise<void> {
    try {
      if (this.failure === null && used > 0) await this.file.writeFile(piece.subarray(0, used));
    } catch (error) {
      this.end(error as Error);
    }
    this.waitingBytes -= piece.length;
    this.putBack(piece);
    if (this.waitingBytes < MOST_WAITING_BYTES) this.connection?.stream.resume();
  }
}
