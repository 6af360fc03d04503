import type { Pool, PoolClient } from 'pg';
import { formatTimestamp, type Batch, type Micros } from '#event';
import { asStoreError } from './errors.ts';

/** What the ledger remembers of a stored batch, for 7 days. */
export interface LedgerEntry {
  readonly id: string;
  readonly groupSeq: number;
  readonly receivedAt: Micros;
  /** SHA-256 of the request body, hex, or null where none was given. */
  readonly bodyHash: string | null;
}

interface LedgerRow {
  readonly id: string;
  readonly group_seq: string;
  readonly received_at: string;
  readonly body_hash: string | null;
}

const FIND_SQL = `
SELECT id, group_seq::text, (extract(epoch FROM received_at) * 1000000)::bigint::text AS received_at,
       encode(body_hash, 'hex') AS body_hash
  FROM ingest_batch WHERE id = ANY($1::uuid[])`;

/** The record of stored batches: what makes a redelivery and a sender's retry harmless. */
export class Ledger {
  private readonly pool: Pool;

  constructor(pool: Pool) {
    this.pool = pool;
  }

  /**
   * The entries of those ids that are stored.
   *
   * @throws StoreUnavailableError
   */
  async find(ids: readonly string[]): Promise<ReadonlyMap<string, LedgerEntry>> {
    try {
      return await findEntries(this.pool, ids);
    } catch (error) {
      throw asStoreError(error);
    }
  }
}

export async function findEntries(
  source: Pool | PoolClient,
  ids: readonly string[],
): Promise<Map<string, LedgerEntry>> {
  const { rows } = await source.query<LedgerRow>(FIND_SQL, [ids]);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        groupSeq: Number(row.group_seq),
        receivedAt: Number(row.received_at),
        bodyHash: row.body_hash,
      },
    ]),
  );
}

/**
 * SQL that enters batches, and fails where the ledger has one of them. Sorted ids: two writers with the same
 * redelivered batches then wait for each other instead of deadlocking.
 *
 * @throws RangeError for an id that is no UUID or a hash that is not hex
 */
export function enterBatchesSql(batches: readonly Batch[], groupSeq: number): string {
  const rows = [...batches]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(
      (batch) =>
        `('${checked(batch.id, UUID)}', ${groupSeq}, '${formatTimestamp(batch.receivedAt)}', ${hashLiteral(batch.bodyHash)})`,
    );
  return `INSERT INTO ingest_batch (id, group_seq, received_at, body_hash) VALUES ${rows.join(', ')}`;
}

/** SQL that enters those of the batches that are new, and returns their ids. */
export function enterNewBatchesSql(batches: readonly Batch[], groupSeq: number): string {
  return `${enterBatchesSql(batches, groupSeq)} ON CONFLICT DO NOTHING RETURNING id`;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HEX = /^([0-9a-f]{2})+$/;

function hashLiteral(hash: string | null): string {
  return hash === null ? 'NULL' : `'\\x${checked(hash, HEX)}'`;
}

function checked(text: string, pattern: RegExp): string {
  if (!pattern.test(text)) throw new RangeError(`not usable in the ledger: "${text}"`);
  return text;
}
