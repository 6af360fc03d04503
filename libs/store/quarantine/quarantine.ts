import { LessThan, type DataSource, type EntityManager, type Repository } from 'typeorm';
import { MICROS_PER_MS, type Batch, type Micros } from '#event';
import type { Telemetry } from '#telemetry';
import { QuarantineEntity, type QuarantineRow } from '../entities/quarantine.ts';
import { asStoreError } from '../errors.ts';
import { eventsQuarantined } from '../events.ts';
import { enterNewBatchesSql } from '../ledger.ts';
import { DURABLE_SQL } from '../write/enter-ledger.ts';
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

/** A batch as bytes, or something that should have been one. */
export interface RawBatch {
  readonly batchId: string | null;
  /** Number of events that it claims. */
  readonly events: number;
  readonly raw: Buffer;
}

/** What could not be stored, kept as bytes with the reason. Every call throws StoreUnavailableError while Postgres is away. */
export class Quarantine {
  private readonly dataSource: DataSource;
  private readonly entries: Repository<QuarantineRow>;
  private readonly telemetry: Telemetry;

  constructor(dataSource: DataSource, telemetry: Telemetry) {
    this.dataSource = dataSource;
    this.entries = dataSource.getRepository(QuarantineEntity);
    this.telemetry = telemetry;
  }

  /** Keeps a whole batch as NDJSON. A batch that is there already with this reason is not added again. */
  async add(batch: Batch, reason: string, detail: string): Promise<void> {
    await this.keep(rawBatch(batch), reason, detail);
  }

  /** The same for what cannot be read, as it was sent. */
  async addRaw(raw: RawBatch, reason: string, detail: string): Promise<void> {
    await this.keep(raw, reason, detail);
  }

  /**
   * Keeps a whole batch unless it was stored, or kept, before. The ledger remembers it like one that was stored, so that
   * another copy of it, which a retry may have left in a queue, is a duplicate.
   */
  async addUnlessStored(batch: Batch, reason: string, detail: string): Promise<void> {
    await this.keep(rawBatch(batch), reason, detail, async (manager) => {
      const entered = await manager.query<unknown[]>(enterNewBatchesSql([batch], NO_GROUP));
      return entered.length > 0;
    });
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

  private async keep(
    { batchId, events, raw }: RawBatch,
    reason: string,
    detail: string,
    isWanted: (manager: EntityManager) => Promise<boolean> = () => Promise.resolve(true),
  ): Promise<void> {
    const added = await answered(() =>
      this.dataSource.transaction(async (manager) => {
        await manager.query(DURABLE_SQL);
        if (!(await isWanted(manager))) return [];
        return await manager.query<unknown[]>(ADD_SQL, [reason, detail, batchId, events, raw]);
      }),
    );
    if (added.length > 0) {
      const batchIds = batchId === null ? [] : [batchId];
      this.telemetry.emit(eventsQuarantined, { count: events, reason, batchIds });
    }
  }
}

/** Group numbers begin with 1. */
const NO_GROUP = 0;

function rawBatch({ id, events }: Batch): RawBatch {
  return { batchId: id, events: events.length, raw: rawEvents(events) };
}

/** A bigint of Postgres, positive. */
const ID = /^\d{1,18}$/;

const ADD_SQL = `
INSERT INTO quarantine (reason, detail, batch_id, events, raw)
SELECT $1, $2, $3::uuid, $4, $5
 WHERE NOT EXISTS (
   SELECT FROM quarantine
    WHERE reason = $1 AND batch_id IS NOT DISTINCT FROM $3::uuid AND events = $4 AND raw = $5
 )
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
