import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { formatTimestamp, levelRank, type ParsedEvent } from '#event';
import type { Condition } from '../sql/condition.ts';

/** A table in DuckDB with the columns of a columnar file that conditions read, and `id`, the index of the event. */
export class DuckdbEventTable {
  private readonly instance: DuckDBInstance;
  private readonly connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.instance = instance;
    this.connection = connection;
  }

  static async create(): Promise<DuckdbEventTable> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    await connection.run(`SET TimeZone = 'UTC'`);
    await connection.run(`CREATE TABLE event_case (
      id integer, ts timestamptz, level smallint, message text, level_text text, resource_id text, trace_id text,
      span_id text, commit text, service text, event_type text, parent_resource_id text, metadata text)`);
    return new DuckdbEventTable(instance, connection);
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  /** Replaces what the table holds. */
  async fill(events: readonly ParsedEvent[]): Promise<void> {
    await this.connection.run('DELETE FROM event_case');
    for (const [id, event] of events.entries()) {
      await this.connection.run(
        `INSERT INTO event_case VALUES ($1, $2::timestamptz, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
        rowOf(event, id),
      );
    }
  }

  /** The indexes of the events for which a condition holds, in order. */
  async selectIndexes(
    translate: (bind: (value: unknown) => string) => Condition,
  ): Promise<{ indexes: number[]; exact: boolean }> {
    const values: DuckDBValue[] = [];
    const { sql, exact } = translate((value) => `$${values.push(value as DuckDBValue)}`);
    const result = await this.connection.runAndReadAll(
      `SELECT id FROM event_case WHERE ${sql} ORDER BY id`,
      values,
    );
    return { indexes: result.getRows().map(([id]) => Number(id)), exact };
  }
}

function rowOf(event: ParsedEvent, id: number): DuckDBValue[] {
  return [
    id,
    formatTimestamp(event.timestamp),
    levelRank(event.level),
    event.message,
    event.levelText,
    event.resourceId,
    event.traceId,
    event.spanId,
    event.commit,
    event.service,
    event.eventType,
    event.parentResourceId,
    event.metadataText,
  ];
}
