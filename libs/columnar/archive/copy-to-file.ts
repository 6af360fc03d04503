import type { FileHandle } from 'node:fs/promises';
import type { Connection, PoolClient, Submittable } from 'pg';
import type { RowMeter } from './row-meter.ts';

/**
 * Appends the rows that a COPY TO STDOUT sends to a file, as long as a meter takes them. Each row is a message of its
 * own: gathered here into large pieces, they cost a fifth of what a stream of them does.
 *
 * The connection is of no use after a failure.
 *
 * @param pieces memory that is used by one COPY after the other; it grows to a few MiB
 */
export async function copyToFile(
  client: PoolClient,
  sql: string,
  file: FileHandle,
  meter: RowMeter,
  pieces: Buffer[],
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const copy = new CopyQuery(sql, file, meter, pieces);
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
class CopyQuery implements Submittable {
  /** Called by the driver's names; the driver puts its timer around it. */
  callback: (error: Error | null) => void = () => undefined;
  private readonly sql: string;
  private readonly file: FileHandle;
  private readonly meter: RowMeter;
  private connection: Connection | null = null;
  private failure: Error | null = null;
  private readonly free: Buffer[];
  private piece: Buffer;
  private used = 0;
  private waiting = 0;
  private written = Promise.resolve();

  constructor(sql: string, file: FileHandle, meter: RowMeter, free: Buffer[]) {
    this.sql = sql;
    this.file = file;
    this.meter = meter;
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
      this.free.push(this.piece);
    });
  }

  /** Ends the connection: a COPY cannot be stopped otherwise without reading on to its end. */
  end(reason: Error): void {
    this.failure ??= reason;
    this.connection?.stream.destroy(reason);
  }

  submit(connection: Connection): void {
    this.connection = connection;
    connection.query(this.sql);
    if (this.failure !== null) connection.stream.destroy(this.failure);
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    if (!this.meter.take(chunk)) return;
    for (let at = 0; at < chunk.length;) {
      const copied = chunk.copy(this.piece, this.used, at);
      at += copied;
      this.used += copied;
      if (this.used === PIECE_BYTES) this.flush();
    }
  }

  handleCommandComplete(): void {
    // How many rows they were is counted in the file.
  }

  handleReadyForQuery(): void {
    this.flush();
    void this.written.then(() => {
      this.callback(this.failure);
    });
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  private flush(): void {
    const piece = this.piece;
    const bytes = piece.subarray(0, this.used);
    this.piece = this.takePiece();
    this.used = 0;
    this.waiting++;
    if (this.waiting >= MOST_WAITING) this.connection?.stream.pause();
    this.written = this.written.then(() => this.write(bytes, piece));
  }

  private takePiece(): Buffer {
    return this.free.pop() ?? Buffer.allocUnsafe(PIECE_BYTES);
  }

  private async write(bytes: Buffer, piece: Buffer): Promise<void> {
    try {
      if (this.failure === null) await this.file.writeFile(bytes);
    } catch (error) {
      this.end(error as Error);
    }
    this.free.push(piece);
    this.waiting--;
    if (this.waiting < MOST_WAITING) this.connection?.stream.resume();
  }
}
