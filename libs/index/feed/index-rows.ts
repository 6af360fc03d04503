import type { PoolClient } from 'pg';
import { formatTimestamp, type Micros } from '#event';
import { indexName } from '../index-name.ts';
import type { IndexRef } from '../search-index.ts';

/** A partition whose events are to be indexed. */
export interface FedSegment {
  readonly id: number;
  /** Quoted. */
  readonly relation: string;
  /** Name of the index of its events. */
  readonly index: string;
  /** No group up to this commitSeq has events in it. */
  readonly commitFloor: number;
}

interface SegmentRow extends Record<'relation' | 'floor' | 'start' | 'end', string> {
  readonly id: number;
}

/** The partitions that reach beyond the cutoff (null: all), newest first. */
export async function readFedSegments(
  client: PoolClient,
  prefix: string,
  cutoff: Micros | null,
): Promise<readonly FedSegment[]> {
  const answer = await client.query<SegmentRow>(
    `SELECT id, quote_ident(relation) AS relation, commit_floor AS floor,
       (extract(epoch FROM range_start) * 1000000)::bigint AS start,
       (extract(epoch FROM range_end) * 1000000)::bigint AS end
     FROM segment WHERE engine = 'rows' AND range_end > $1 ORDER BY range_start DESC`,
    [cutoff === null ? '-infinity' : formatTimestamp(cutoff)],
  );
  return answer.rows.map((row) => ({
    id: row.id,
    relation: row.relation,
    index: indexName(prefix, { start: Number(row.start), end: Number(row.end) }),
    commitFloor: Number(row.floor),
  }));
}

/** A row of `search_index`. */
export interface KnownIndex extends IndexRef {
  readonly id: number;
  /** Documents that it holds for certain. */
  readonly documents: number;
}

export async function readKnownIndexes(client: PoolClient): Promise<readonly KnownIndex[]> {
  const answer = await client.query<Record<'id' | 'name' | 'seal' | 'documents', string>>(
    `SELECT id, name, seal, coalesce(sum(documents), 0) AS documents
     FROM search_index LEFT JOIN index_coverage ON index_id = id GROUP BY id ORDER BY id`,
  );
  return answer.rows.map(({ id, name, seal, documents }) => ({
    id: Number(id),
    name,
    seal: Number(seal),
    documents: Number(documents),
  }));
}

/** Enters an index that is going to be made. One that is there already gets the seal, and covers nothing any more. */
export async function enterIndex(
  client: PoolClient,
  { name, seal }: IndexRef,
): Promise<KnownIndex> {
  const answer = await client.query<{ id: number }>(
    `WITH entered AS (
       INSERT INTO search_index (name, seal) VALUES ($1, $2)
       ON CONFLICT (name) DO UPDATE SET seal = excluded.seal, created_at = now() RETURNING id
     ), uncovered AS (
       DELETE FROM index_coverage WHERE index_id IN (SELECT id FROM entered)
     ), forgotten AS (
       DELETE FROM index_omission WHERE index_id IN (SELECT id FROM entered)
     ) SELECT id FROM entered`,
    [name, seal],
  );
  return { id: answer.rows[0]?.id ?? 0, name, seal, documents: 0 };
}

/** Forgets an index, and what it covers. */
export async function removeIndex(client: PoolClient, id: number): Promise<void> {
  await client.query('DELETE FROM search_index WHERE id = $1', [id]);
}
