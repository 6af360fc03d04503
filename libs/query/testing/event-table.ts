import { formatTimestamp, levelRank, type ParsedEvent } from '#event';
import type { Condition } from '../sql/condition.ts';

/** The one call of a database client that the table needs. */
export interface Queries {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

/** Makes a plain table with the columns of log_event that conditions read, and `id`, the index of the event. */
export async function createEventTable(client: Queries): Promise<void> {
  await client.query(`CREATE TABLE event_case (
    id integer NOT NULL, ts timestamptz NOT NULL, level smallint NOT NULL, message text NOT NULL,
    level_text text, resource_id text, trace_id text, span_id text, commit text, service text,
    event_type text, parent_resource_id text, metadata jsonb NOT NULL)`);
}

/** Replaces what the table holds. */
export async function fillEventTable(
  client: Queries,
  events: readonly ParsedEvent[],
): Promise<void> {
  await client.query('TRUNCATE event_case');
  await client.query(
    `INSERT INTO event_case SELECT id, ts, level, message, level_text, resource_id, trace_id, span_id, commit,
      service, event_type, parent_resource_id, metadata
     FROM json_populate_recordset(NULL::event_case, $1)`,
    [JSON.stringify(events.map(rowOf))],
  );
}

function rowOf(event: ParsedEvent, id: number): Record<string, unknown> {
  return {
    id,
    ts: formatTimestamp(event.timestamp),
    level: levelRank(event.level),
    message: event.message,
    level_text: event.levelText,
    resource_id: event.resourceId,
    trace_id: event.traceId,
    span_id: event.spanId,
    commit: event.commit,
    service: event.service,
    event_type: event.eventType,
    parent_resource_id: event.parentResourceId,
    metadata: event.metadata,
  };
}

/** The indexes of the events for which a condition holds, in order. */
export async function selectIndexes(
  client: Queries,
  translate: (bind: (value: unknown) => string) => Condition,
): Promise<{ indexes: number[]; exact: boolean }> {
  const values: unknown[] = [];
  const { sql, exact } = translate((value) => `$${values.push(value)}`);
  const { rows } = await client.query(`SELECT id FROM event_case WHERE ${sql} ORDER BY id`, values);
  return { indexes: rows.map((row) => Number(row['id'])), exact };
}
