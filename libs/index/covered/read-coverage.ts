import type { Segment, Snapshot, TextRow } from '#store';
import { indexName } from '../index-name.ts';
import type { IndexRef } from '../search-index.ts';
import type { CommitRange } from './commit-ranges.ts';

/**
 * Groups of which the index holds, for certain, each event that the query `match` finds, apart from what was left
 * out.
 */
export interface CoveredStretch {
  /** A query text; empty: everything. It names no time, so that it means the same at any time. */
  readonly match: string;
  /** Ascending, without overlap, also with those of the other stretches. */
  readonly commits: readonly CommitRange[];
}

/** What an index holds of its segments. Segments that share an index (the hours of a day) share its coverage. */
export interface IndexCoverage {
  /** Key of `search_index`. */
  readonly id: number;
  readonly index: IndexRef;
  /** One per match. */
  readonly stretches: readonly CoveredStretch[];
  /** Whether events of the covered groups were left out of the index: `readLeftOut` names them. */
  readonly leftOut: boolean;
}

/**
 * What the indexes of some segments hold, by segment id, in one statement. A segment without an index is missing.
 *
 * How an answer stays complete: of covered groups, the index proposes what matches `q AND match`; Postgres is read
 * for `q AND NOT match` in covered groups, for `q` in all other groups (`readUncoveredGroups`), and for `q` among the
 * events left out (`readLeftOut`). Coverage read earlier than the rows is good too, for it only ever says less: an
 * index that was lost since answers `lost` for its old seal, and then Postgres is read for everything.
 *
 * The index may also propose events of groups that are not covered yet, and rows that retention has deleted. So
 * candidates are looked up, and those that Postgres gave already are told by their position.
 *
 * @param prefix of the names of the indexes (setting INDEX_PREFIX)
 */
export async function readCoverage(
  snapshot: Snapshot,
  prefix: string,
  segments: readonly Segment[],
): Promise<ReadonlyMap<number, IndexCoverage>> {
  const names = segments.map((segment) => indexName(prefix, segment));
  const rows = await snapshot.rows(
    `SELECT i.name, i.id, i.seal, c.first_commit, c.last_commit, c.match,
       (EXISTS (SELECT FROM index_omission AS o WHERE o.index_id = i.id))::int
     FROM search_index AS i JOIN index_coverage AS c ON c.index_id = i.id
     WHERE i.name = ANY($1::text[]) ORDER BY i.id, c.first_commit`,
    [[...new Set(names)]],
  );
  const byName = new Map(
    [...Map.groupBy(rows, ([name]) => name)].map(([name, own]) => [name, decode(own)]),
  );
  return new Map(
    segments.flatMap((segment, at) => {
      const coverage = byName.get(names[at] ?? '');
      return coverage === undefined ? [] : [[segment.id, coverage] as const];
    }),
  );
}

type Row = readonly [
  name: string,
  id: string,
  seal: string,
  first: string,
  last: string,
  match: string,
  leftOut: string,
];

function decode(rows: readonly TextRow[]): IndexCoverage {
  const read = rows as readonly Row[];
  const [name, id, seal, , , , leftOut] = read[0] as Row;
  const byMatch = Map.groupBy(read, (row) => row[5]);
  return {
    id: Number(id),
    index: { name, seal: Number(seal) },
    stretches: [...byMatch].map(([match, ranges]) => ({
      match,
      commits: ranges.map((row) => ({ first: Number(row[3]), last: Number(row[4]) })),
    })),
    leftOut: leftOut === '1',
  };
}
