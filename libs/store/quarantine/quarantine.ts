import { LessThan, type DataSource, type Repository } from 'typeorm';
import { MICROS_PER_MS, type Batch, type Micros } from '#event';
import type { Telemetry } from '#telemetry';
import { QuarantineEntity, type QuarantineRow } from '../entities/quarantine.ts';
import { asStoreError } from '../errors.ts';
import { eventsQuarantined } from '../events.ts';
import { rawEvents } from './raw-events.ts';

/** One thing that could not be stored: an event, or a whole batch. */
export interface QuarantineEntry {
  readonly id: string;
  readonly quarantinedAt: Micros;
  /** A stable code, such as `refused-by-database`. */
  readonly reason: string;
  readonly detail: string;
  readonly batchId: string | null;
  readonly events: number;
}

export interface QuarantinePage {
  /** Newest first. */
  readonly entries: readonly QuarantineEntry[];
  /** For the next page, or null at the end. */
  readonly nextCursor: string | null;
}

/** What could not be stored, kept as bytes with the reason. Every call throws StoreUnavailableError while Postgres is away. */
export class Quarantine {
  private readonly entries: Repository<QuarantineRow>;
  private readonly telemetry: Telemetry;

  constructor(dataSource: DataSource, telemetry: Telemetry) {
    this.entries = dataSource.getRepository(QuarantineEntity);
    this.telemetry = telemetry;
  }

  /** Keeps a whole batch as NDJSON. A batch that is there already with this reason is not added again. */
  async add(batch: Batch, reason: string, detail: string): Promise<void> {
    const count = batch.events.length;
    const raw = rawEvents(batch.events);
    const added = await answered(() =>
      this.entries.query<unknown[]>(ADD_SQL, [reason, detail, batch.id, count, raw]),
    );
    if (added.length > 0) {
      this.telemetry.emit(eventsQuarantined, { count, reason, batchIds: [batch.id] });
    }
  }

  /** @param request.limit most entries of the page, at least 1 */
  async list(request: {
    readonly cursor: string | null;
    readonly reason: string | null;
    readonly limit: number;
  }): Promise<QuarantinePage> {
    const { cursor, reason, limit } = request;
    const rows = await answered(() =>
      this.entries.find({
        where: {
          // A cursor that this class did not give is the end of nothing: it starts at the newest.
          ...(cursor !== null && ID.test(cursor) && { id: LessThan(cursor) }),
          ...(reason !== null && { reason }),
        },
        order: { id: 'DESC' },
        take: limit + 1,
      }),
    );
    const page = rows.slice(0, limit);
    return {
      entries: page.map(toEntry),
      nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  }

  /** The bytes of an entry, or null where there is no such entry. */
  async raw(id: string): Promise<Buffer | null> {
    if (!ID.test(id)) return null;
    const row = await answered(() =>
      this.entries.findOne({ where: { id }, select: { id: true, raw: true } }),
    );
    return row?.raw ?? null;
  }

  /** False where there was no such entry. */
  async delete(id: string): Promise<boolean> {
    if (!ID.test(id)) return false;
    const result = await answered(() => this.entries.delete({ id }));
    return result.affected === 1;
  }
}

/** A bigint of Postgres, positive. */
const ID = /^\d{1,18}$/;

const ADD_SQL = `
INSERT INTO quarantine (reason, detail, batch_id, events, raw)
SELECT $1, $2, $3::uuid, $4, $5
 WHERE NOT EXISTS (SELECT FROM quarantine WHERE reason = $1 AND batch_id = $3::uuid AND events = $4)
RETURNING id`;

function toEntry(row: QuarantineRow): QuarantineEntry {
  const { id, quarantinedAt, reason, detail, batchId, events } = row;
  return {
    id,
    quarantinedAt: quarantinedAt.getTime() * MICROS_PER_MS,
    reason,
    detail,
    batchId,
    events,
  };
}

async function answered<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw asStoreError(error);
  }
}
