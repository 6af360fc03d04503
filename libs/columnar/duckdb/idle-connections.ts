import type { DuckDBConnection } from '@duckdb/node-api';
import { StatementTimeoutError } from '#store';
import type { StatementLimits } from './statement-limits.ts';

/** Connections that nobody uses; who finds none waits, within the limits of its statement. */
export class IdleConnections {
  private readonly idle: DuckDBConnection[];
  private readonly waiting = new Set<(connection: DuckDBConnection) => void>();

  constructor(connections: readonly DuckDBConnection[]) {
    this.idle = [...connections];
  }

  async take({ timeoutMs, signal }: StatementLimits): Promise<DuckDBConnection> {
    signal.throwIfAborted();
    const connection = this.idle.pop();
    if (connection !== undefined) return connection;
    return await new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        this.waiting.delete(take);
      };
      const take = (given: DuckDBConnection): void => {
        end();
        resolve(given);
      };
      const abort = (): void => {
        end();
        reject(signal.reason as Error);
      };
      const late = (): void => {
        end();
        reject(new StatementTimeoutError('no connection was free within the time limit'));
      };
      const timer = timeoutMs > 0 ? setTimeout(late, timeoutMs) : undefined;
      signal.addEventListener('abort', abort, { once: true });
      this.waiting.add(take);
    });
  }

  giveBack(connection: DuckDBConnection): void {
    const [next] = this.waiting;
    if (next === undefined) this.idle.push(connection);
    else next(connection);
  }
}
