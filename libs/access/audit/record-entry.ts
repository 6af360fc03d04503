import type { ClientBase, Pool } from 'pg';
import { cleanText, MICROS_PER_MS, type JsonObject, type Micros } from '#event';
import type { AuditEntry } from './audit-log.ts';

/** Characters of JSON. */
const LONGEST_DETAIL = 8 * 1024;

const INSERT = `
INSERT INTO audit_entry (at, actor_kind, actor_id, actor, action, target, address, outcome, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;

/** Writes an entry, in the transaction of the client if it has one: then it stands if and only if the change does. */
export async function recordEntry(
  client: ClientBase | Pool,
  at: Micros,
  entry: AuditEntry,
): Promise<void> {
  const { actor, action, target, address, outcome, detail } = entry;
  await client.query(INSERT, [
    new Date(at / MICROS_PER_MS),
    actor.kind,
    clean(actor.id),
    cleanText(actor.name),
    action,
    clean(target),
    clean(address),
    outcome,
    detailJson(detail),
  ]);
}

/** What clients send may hold what Postgres refuses. */
function clean(text: string | null): string | null {
  return text === null ? null : cleanText(text);
}

function detailJson(detail: JsonObject): string {
  const json = JSON.stringify(detail, (_key, value: unknown) =>
    typeof value === 'string' ? cleanText(value) : value,
  );
  return json.length > LONGEST_DETAIL ? '{"truncated":true}' : json;
}
