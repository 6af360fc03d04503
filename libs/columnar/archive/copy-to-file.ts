import { open, type FileHandle } from 'node:fs/promises';
import type { Connection, PoolClient, Submittable } from 'pg';

/**
 * Writes what a COPY TO STDOUT sends into a file. Each row is a message of its own: gathered here into large pieces,
 * they cost a fifth of what a stream of them does.
 *
 * The connection is of no use after a failure.
 *
 * @returns bytes of the longest row with its line feed; 0 where there is none
 */
export async function copyToFile(
  client: PoolClient,
  sql: string,
  path: string,
  signal: AbortSignal,
): Promise<number> {
  const file = await open(path, 'w');
  try {
    signal.throwIfAborted();
    const copy = new CopyQuery(sql, file);
    const abort = (): void => {
      copy.end(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await copy.run(client);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  } finally {
    await file.close();
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
  private connection: Connection | null = null;
  private failure: Error | null = null;
  private readonly free: Buffer[] = [];
  private piece: Buffer = Buffer.allocUnsafe(PIECE_BYTES);
  private used = 0;
  private longestRow = 0;
  private waiting = 0;
  private written = Promise.resolve();

  constructor(sql: string, file: FileHandle) {
    this.sql = sql;
    this.file = file;
  }

  async run(client: PoolClient): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.callback = (error) => {
        if (error === null) resolve();
        else reject(this.failure ?? error);
      };
      client.query(this);
    }).finally(() => this.written);
    return this.longestRow;
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
    this.longestRow = Math.max(this.longestRow, chunk.length);
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
    this.piece = this.free.pop() ?? Buffer.allocUnsafe(PIECE_BYTES);
    this.used = 0;
    this.waiting++;
    if (this.waiting >= MOST_WAITING) this.connection?.stream.pause();
    this.written = this.written.then(() => this.write(bytes, piece));
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
