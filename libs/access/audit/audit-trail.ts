import type { Pool } from 'pg';
import { cleanText, MICROS_PER_MS, type Clock, type JsonObject, type Micros } from '#event';
import { answered } from '../transaction.ts';
import { toDate, toMicros } from '../users/user-row.ts';
import type {
  AuditAction,
  AuditActor,
  AuditEntry,
  AuditLog,
  AuditOutcome,
  StoredAuditEntry,
} from './audit-log.ts';
import { recordEntry } from './record-entry.ts';

/** What is looked for; null is anything. */
export interface AuditSearch {
  /** Words, each of which must be in the entry somewhere, whatever its case. */
  readonly text: string | null;
  /** Inclusive. */
  readonly from: Micros | null;
  /** Exclusive. */
  readonly to: Micros | null;
  /** The name, whatever its case. */
  readonly actor: string | null;
  readonly action: AuditAction | null;
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly StoredAuditEntry[];
  /** For the next page, or null at the end. */
  readonly nextCursor: string | null;
}

/** The audit log with what is in it. */
export interface AuditTrail extends AuditLog {
  /**
   * @param cursor of an earlier page of the same search; what is none begins with the newest
   * @param limit most entries, at least 1
   */
  find(search: AuditSearch, cursor: string | null, limit: number): Promise<AuditPage>;
}

/** The audit log in the table `audit_entry`. Every call throws StoreUnavailableError while Postgres is away. */
export class PostgresAuditTrail implements AuditTrail {
  private readonly pool: Pool;
  private readonly clock: Clock;

  constructor(pool: Pool, clock: Clock) {
    this.pool = pool;
    this.clock = clock;
  }

  async record(entry: AuditEntry): Promise<void> {
    await answered(() => recordEntry(this.pool, this.clock(), entry));
  }

  async find(search: AuditSearch, cursor: string | null, limit: number): Promise<AuditPage> {
    const { sql, values } = conditionsOf(search, cursor);
    const { rows } = await answered(() =>
      this.pool.query<Row>(`${SELECT}${sql} ORDER BY at DESC, id DESC LIMIT ${limit + 1}`, values),
    );
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return {
      entries: page.map(toEntry),
      nextCursor: last === undefined ? null : `${last.at.getTime()}-${last.id}`,
    };
  }
}

const SELECT = `
SELECT id, at, actor_kind, actor_id, actor, action, target, address, outcome, detail FROM audit_entry`;

/** All that is shown of an entry, as one text. */
const ALL_TEXT = `concat_ws(' ', actor, action, target, address, outcome, detail::text)`;

/** Beyond so many words more do not narrow anything down. */
const MOST_WORDS = 20;

function conditionsOf(
  { text, from, to, actor, action }: AuditSearch,
  cursor: string | null,
): { readonly sql: string; readonly values: unknown[] } {
  const values: unknown[] = [];
  const bind = (value: string | Date): string =>
    `$${values.push(typeof value === 'string' ? cleanText(value) : value)}`;
  const words = (text ?? '').split(/\s+/).filter((word) => word !== '');
  const after = positionOf(cursor);
  const conditions = [
    from === null ? null : `at >= ${bind(toDate(from))}`,
    to === null ? null : `at < ${bind(toDate(to))}`,
    actor === null ? null : `lower(actor) = lower(${bind(actor)})`,
    action === null ? null : `action = ${bind(action)}`,
    ...words.slice(0, MOST_WORDS).map((word) => `${ALL_TEXT} ILIKE ${bind(containing(word))}`),
    after && `(at, id) < (${bind(after.at)}, ${bind(after.id)})`,
  ].filter((condition) => condition !== null);
  const sql = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return { sql, values };
}

function containing(word: string): string {
  return `%${word.replace(/[\\%_]/g, '\\$&')}%`;
}

function positionOf(cursor: string | null): { readonly at: Date; readonly id: string } | null {
  const [, ms, id] = /^(\d{1,15})-(\d{1,18})$/.exec(cursor ?? '') ?? [];
  return ms === undefined || id === undefined
    ? null
    : { at: toDate(Number(ms) * MICROS_PER_MS), id };
}

interface Row {
  readonly id: string;
  readonly at: Date;
  readonly actor_kind: AuditActor['kind'];
  readonly actor_id: string | null;
  readonly actor: string;
  readonly action: AuditAction;
  readonly target: string | null;
  readonly address: string | null;
  readonly outcome: AuditOutcome;
  readonly detail: JsonObject;
}

function toEntry({ actor_kind: kind, actor_id, actor, at, ...row }: Row): StoredAuditEntry {
  return { ...row, at: toMicros(at), actor: { kind, id: actor_id, name: actor } };
}
