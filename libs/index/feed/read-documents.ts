import type { PoolClient } from 'pg';
import { LEVELS, type EventPosition } from '#event';
import { toSql, type Query } from '#query';
import { SCAN_BY_GROUP_SQL, transaction } from '#store';
import { indexText, MAX_MESSAGE_BYTES } from '../index-text.ts';
import { MAX_GROUP_SEQ, MAX_ORDINAL, type IndexDocument } from '../search-index.ts';
import { boundsOf } from './groups.ts';

/** What an index gets of some groups, and what it cannot hold. */
export interface ReadDocuments {
  readonly documents: IndexDocument[];
  readonly leftOut: EventPosition[];
}

type EventRow = readonly [
  ts: string,
  groupSeq: string,
  ordinal: number,
  level: number,
  service: string | null,
  message: string | null,
];

/** The copies of the events of some groups in one partition that the query finds. */
export async function readDocuments(
  client: PoolClient,
  relation: string,
  groups: readonly number[],
  match: Query,
): Promise<ReadDocuments> {
  const values: unknown[] = [...boundsOf(groups), groups, MAX_MESSAGE_BYTES];
  const condition = toSql(match, (value) => `$${values.push(value)}`).sql;
  const rows = await transaction(client, async () => {
    await client.query(SCAN_BY_GROUP_SQL);
    const answer = await client.query<EventRow[]>({
      text: `SELECT (extract(epoch FROM ts) * 1000000)::bigint, group_seq, ordinal, level, service,
          CASE WHEN octet_length(message) <= $4 THEN message END
        FROM ${relation}
        WHERE group_seq BETWEEN $1 AND $2 AND group_seq = ANY($3::bigint[]) AND ${condition}`,
      values,
      rowMode: 'array',
    });
    return answer.rows as unknown as readonly EventRow[];
  });
  const read: ReadDocuments = { documents: [], leftOut: [] };
  for (const row of rows) addRow(read, row);
  return read;
}

/** An event without a word that the index holds is never asked for: it needs no document. */
function addRow({ documents, leftOut }: ReadDocuments, row: EventRow): void {
  const [ts, group, ordinal, level, service, message] = row;
  const position = { timestamp: Number(ts), groupSeq: Number(group), ordinal };
  const text = message === null ? null : indexText(message);
  if (text === null || position.groupSeq > MAX_GROUP_SEQ || ordinal > MAX_ORDINAL) {
    leftOut.push(position);
  } else if (text !== '') {
    documents.push({ ...position, level: LEVELS[level] ?? 'info', service, text });
  }
}
