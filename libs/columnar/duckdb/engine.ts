import type {
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBResult,
  DuckDBValue,
} from '@duckdb/node-api';
import { StatementTimeoutError, type TextRow } from '#store';
import { EngineMemoryError, isOutOfMemory } from './engine-memory-error.ts';
import { IdleConnections } from './idle-connections.ts';
import type { StatementLimits } from './statement-limits.ts';

export type { StatementLimits };

export interface EngineSettings {
  readonly memoryBytes: number;
  readonly threads: number;
  /** Statements that run side by side; further ones wait. */
  readonly connections: number;
  /** Where sorts go that do not fit into memory; null: nowhere, they fail. */
  readonly spillFolder: string | null;
  /** Optimizers that are left out, by DuckDB's names; none by default. */
  readonly withoutOptimizers?: readonly string[];
}

/**
 * What planning a search does without: both read what the end of a file says of every column of every row group, for each
 * stretch that a statement asks for, and find out nothing that the skip files did not say. They took a third of the time
 * in which seven row groups of a file of 100 are searched (DuckDB 1.5).
 */
export const NOT_FOR_SEARCHES: readonly string[] = ['join_order', 'statistics_propagation'];

const INTERRUPT_AGAIN_MS = 20;

/** DuckDB within this process, bounded in memory and threads. It downloads nothing. */
export class Engine {
  private readonly instance: DuckDBInstance;
  private readonly idle: IdleConnections;
  private readonly connections: readonly DuckDBConnection[];

  private constructor(instance: DuckDBInstance, connections: readonly DuckDBConnection[]) {
    this.instance = instance;
    this.connections = connections;
    this.idle = new IdleConnections(connections);
  }

  static async open(settings: EngineSettings): Promise<Engine> {
    // Loaded here, since it is 70 MB of native code that most processes never need, and an image may leave it out.
    const duckdb = await import('@duckdb/node-api');
    const instance = await duckdb.DuckDBInstance.create(':memory:', {
      threads: String(settings.threads),
      memory_limit: `${Math.floor(settings.memoryBytes / 1024)}KiB`,
      temp_directory: settings.spillFolder ?? '',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      disabled_optimizers: (settings.withoutOptimizers ?? []).join(','),
    });
    const connections: DuckDBConnection[] = [];
    for (let count = 0; count < settings.connections; count++) {
      const connection = await instance.connect();
      await connection.run(`SET TimeZone = 'UTC'`);
      connections.push(connection);
    }
    // Files never change, so what their ends say need not be read again.
    await connections[0]?.run('SET GLOBAL parquet_metadata_cache = true');
    return new Engine(instance, connections);
  }

  /** Nothing may be running. */
  close(): void {
    for (const connection of this.connections) connection.closeSync();
    this.instance.closeSync();
  }

  /** Runs one statement with bound values; all columns must be text. */
  async rows(
    sql: string,
    values: readonly unknown[],
    limits: StatementLimits,
  ): Promise<readonly TextRow[]> {
    return this.withConnection(limits, async (connection) => {
      const reader = await connection.runAndReadAll(sql, bound(values));
      return reader.getRows() as unknown as readonly TextRow[];
    });
  }

  /** Streams an answer; all columns must be text. */
  async *pages(
    sql: string,
    values: readonly unknown[],
    limits: StatementLimits,
  ): AsyncGenerator<readonly TextRow[]> {
    for await (const chunk of this.chunks(sql, values, limits)) {
      yield chunk.getRows() as unknown as readonly TextRow[];
    }
  }

  /** Streams rows of any types as the driver holds them, by column. */
  async *chunks(
    sql: string,
    values: readonly unknown[],
    limits: StatementLimits,
  ): AsyncGenerator<DuckDBDataChunk> {
    const connection = await this.idle.take(limits);
    try {
      const result = await interruptible(connection, limits, () =>
        connection.stream(sql, bound(values)),
      );
      for (;;) {
        const chunk = await interruptible(connection, limits, () => nextChunk(result));
        if (chunk === null) return;
        yield chunk;
      }
    } finally {
      this.idle.giveBack(connection);
    }
  }

  async run(sql: string, values: readonly unknown[], limits: StatementLimits): Promise<void> {
    await this.withConnection(limits, (connection) => connection.run(sql, bound(values)));
  }

  private async withConnection<T>(
    limits: StatementLimits,
    work: (connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> {
    const connection = await this.idle.take(limits);
    try {
      return await interruptible(connection, limits, () => work(connection));
    } finally {
      this.idle.giveBack(connection);
    }
  }
}

async function nextChunk(result: DuckDBResult): Promise<DuckDBDataChunk | null> {
  const chunk = await result.fetchChunk();
  return chunk === null || chunk.rowCount === 0 ? null : chunk;
}

function bound(values: readonly unknown[]): DuckDBValue[] {
  return values as DuckDBValue[];
}

/** An interrupt that comes before the statement has begun is lost, so it is sent until the statement ends. */
async function interruptible<T>(
  connection: DuckDBConnection,
  { timeoutMs, signal }: StatementLimits,
  work: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const state: { timedOut: boolean; again: NodeJS.Timeout | null } = {
    timedOut: false,
    again: null,
  };
  const interrupt = (): void => {
    state.again ??= setInterval(() => {
      connection.interrupt();
    }, INTERRUPT_AGAIN_MS);
    connection.interrupt();
  };
  const timer =
    timeoutMs > 0
      ? setTimeout(() => {
          state.timedOut = true;
          interrupt();
        }, timeoutMs)
      : null;
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    if (state.timedOut)
      throw new StatementTimeoutError('statement over its time limit', { cause: error });
    throw isOutOfMemory(error) ? new EngineMemoryError(error) : error;
  } finally {
    if (timer !== null) clearTimeout(timer);
    if (state.again !== null) clearInterval(state.again);
    signal.removeEventListener('abort', interrupt);
  }
}
