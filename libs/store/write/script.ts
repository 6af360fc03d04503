import type { Connection, PoolClient, Submittable } from 'pg';
import { giveCopyMemoryBack } from './copy-memory.ts';

/**
 * One statement of a script; `copy` holds the framed rows of a `COPY ... FROM STDIN (FORMAT binary)`. Their memory is
 * used for others once they are stored: such a step is run once.
 */
export interface Step {
  readonly sql: string;
  readonly copy?: Buffer;
}

/** First column of each row of each statement that returned rows, as text, in order. */
export type ScriptRows = readonly (string | null)[][];

/**
 * Runs statements in one round trip: one simple-protocol query, with the rows of its COPY statements sent right
 * behind it instead of waiting for the server to ask. Where a statement fails, the server skips the ones behind it
 * and drops their COPY data (PostgreSQL, "Message Flow: COPY Operations").
 *
 * @throws pg.DatabaseError of the failing statement, or the connection's error.
 */
export function runScript(client: PoolClient, steps: readonly Step[]): Promise<ScriptRows> {
  return new Promise((resolve, reject) => {
    client.query(new Script(steps, resolve, reject));
  });
}

interface DataRow {
  readonly fields: readonly (string | null)[];
}

class Script implements Submittable {
  private readonly steps: readonly Step[];
  private readonly resolve: (rows: ScriptRows) => void;
  private readonly reject: (error: Error) => void;
  private readonly rows: (string | null)[][] = [];
  private failure: Error | null = null;
  /** The driver puts one here that stops its timeout. */
  callback: (() => void) | undefined;

  constructor(
    steps: readonly Step[],
    resolve: (rows: ScriptRows) => void,
    reject: (error: Error) => void,
  ) {
    this.steps = steps;
    this.resolve = resolve;
    this.reject = reject;
  }

  submit(connection: Connection): void {
    const { stream } = connection;
    stream.cork();
    connection.query(this.steps.map((step) => step.sql).join(';\n'));
    for (const step of this.steps) if (step.copy !== undefined) stream.write(step.copy);
    stream.uncork();
  }

  handleRowDescription(): void {
    this.rows.push([]);
  }

  handleDataRow(message: DataRow): void {
    this.rows.at(-1)?.push(message.fields[0] ?? null);
  }

  // The data was sent with the statement.
  handleCopyInResponse(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}

  /** The connection reports a server's error before ReadyForQuery; its own errors come alone. */
  handleError(error: Error): void {
    this.callback?.();
    this.failure ??= error;
    this.reject(this.failure);
  }

  handleReadyForQuery(): void {
    this.callback?.();
    if (this.failure !== null) return;
    // The server has read all of it. After a failure some may still be waiting to be sent.
    for (const { copy } of this.steps) if (copy !== undefined) giveCopyMemoryBack(copy);
    this.resolve(this.rows);
  }
}
