import type { DuckDBDataChunk, DuckDBVector } from '@duckdb/node-api';
import type { TokenField } from '#event';
import { fieldState, GATHERED, SkipFilterBuilder } from '#store';
import type { Engine, StatementLimits } from '../duckdb/engine.ts';
import { addChecksums, checksumNumbers, checksumSql, type Checksum } from './checksum.ts';
import { literal } from './columns.ts';
import { MOST_GROUP_BYTES } from './row-group-size.ts';
import type { RowGroup } from './skip-file.ts';

/** The words of some events. */
interface Words {
  readonly filter: Buffer;
  /** Whether all messages are ASCII. */
  readonly ascii: boolean;
}

/** The words of so many events. */
export interface CountedWords extends Words {
  readonly events: number;
}

/** A row group of a file that was read back. */
export type ReadRowGroup = RowGroup & Words;

/** What a file holds. */
export interface FileContents {
  readonly groups: readonly ReadRowGroup[];
  readonly sums: Checksum;
}

/** Row groups of one size that are read by one statement. */
interface Run {
  readonly firstRow: number;
  readonly rows: number;
  readonly groupRows: number;
}

interface Size {
  readonly rows: number;
  readonly bytes: number;
}

const MOST_GROUPS = 8;

/** The columns whose values are words of their own. */
export const TOKEN_COLUMNS = {
  resource_id: 'resourceId',
  trace_id: 'traceId',
  span_id: 'spanId',
  commit: 'commit',
  service: 'service',
  parent_resource_id: 'parentResourceId',
} as const satisfies Record<string, TokenField>;

/** All texts of a column as one, between NULs: a text of its own for each event costs the driver ten times as much. */
function gathered(column: string): string {
  return `encode(string_agg(${column}, chr(0)))`;
}

/** Numbers as DOUBLE, which holds them exactly and costs the driver less than a BIGINT. */
const NUMBERS = [
  'count(*)::DOUBLE',
  'min(epoch_us(ts))::DOUBLE',
  'max(epoch_us(ts))::DOUBLE',
  'min(group_seq)::DOUBLE',
  'max(group_seq)::DOUBLE',
] as const;
const SUMS = NUMBERS.length;
const MESSAGES = SUMS + 1;
const FIRST_FIELD = MESSAGES + 1;

const CONTENTS = [...NUMBERS, checksumSql('duckdb')];
const TEXTS = ['message', ...Object.keys(TOKEN_COLUMNS)].map(gathered);

const filterBuilder = new SkipFilterBuilder();

/**
 * Reads a whole file back: what its row groups hold, and the checksum of all. The texts are read for their words only
 * where these are not known.
 *
 * @param groupBytes text of the largest row group, as far as that is known: texts that repeat are few bytes of a file
 * @param known words, which are used where they are of the same row groups
 */
export async function readContents(
  engine: Engine,
  path: string,
  groupBytes: number,
  known: readonly CountedWords[],
  limits: StatementLimits,
): Promise<FileContents> {
  const sizes = await readSizes(engine, path, limits);
  const areKnown =
    known.length === sizes.length && known.every(({ events }, at) => events === sizes[at]?.rows);
  const columns = areKnown ? CONTENTS : [...CONTENTS, ...TEXTS];
  const groups: ReadRowGroup[] = [];
  let sums: Checksum = [];
  for (const { firstRow, rows, groupRows } of runsOf(sizes, groupBytes)) {
    const statement = `SELECT ${columns.join(', ')} FROM read_parquet(${literal(path)}, file_row_number = true)
      WHERE file_row_number >= ${firstRow} AND file_row_number < ${firstRow + rows}
      GROUP BY (file_row_number - ${firstRow}) // ${groupRows} ORDER BY min(file_row_number)`;
    for await (const chunk of engine.chunks(statement, [], limits)) {
      for (let row = 0; row < chunk.rowCount; row++) {
        const words = areKnown ? known[groups.length] : readWords(chunk, row);
        if (words === undefined) throw otherRows(path);
        const { ascii, filter } = words;
        groups.push({ ...rowGroupOf(chunk, row), ascii, filter });
        const found = chunk.getColumnVector(SUMS).getItem(row) as string;
        sums = addChecksums(sums, checksumNumbers(found));
      }
    }
  }
  if (sizes.some(({ rows }, at) => rows !== groups[at]?.events) || groups.length !== sizes.length) {
    throw otherRows(path);
  }
  return { groups, sums };
}

function rowGroupOf(chunk: DuckDBDataChunk, row: number): RowGroup {
  const [events, minTs, maxTs, firstGroup, lastGroup] = NUMBERS.map(
    (_, column) => chunk.getColumnVector(column).getItem(row) as number,
  ) as [number, number, number, number, number];
  return { events, minTs, maxTs, firstGroup, lastGroup };
}

function readWords(chunk: DuckDBDataChunk, row: number): Words {
  readTexts(chunk, MESSAGES, row, (bytes, at) => filterBuilder.addMessage(bytes, at, GATHERED));
  for (const [column, field] of Object.values(TOKEN_COLUMNS).entries()) {
    const state = fieldState(field);
    readTexts(chunk, FIRST_FIELD + column, row, (bytes, at) =>
      filterBuilder.addValue(state, bytes, at, GATHERED),
    );
  }
  const { ascii } = filterBuilder;
  return { ascii, filter: filterBuilder.build() };
}

function otherRows(path: string): Error {
  return new Error(`${path} holds other rows than its metadata says`);
}

/** What the driver makes of a BLOB column. */
interface TextVector {
  getItemBytes(row: number): Uint8Array | null;
}

/**
 * Reads gathered texts, if there are any, and gives their memory back at once. Left to V8, which counts it with its
 * heap, it had the whole heap looked through twenty times for each million events.
 *
 * @param read one of them; gives its end
 */
function readTexts(
  chunk: DuckDBDataChunk,
  column: number,
  row: number,
  read: (texts: Uint8Array, at: number) => number,
): void {
  const bytes = (chunk.getColumnVector(column) as DuckDBVector & TextVector).getItemBytes(row);
  if (bytes === null) return;
  for (let at = 0; at <= bytes.length; at++) at = read(bytes, at);
  // A short text is a part of the chunk's memory.
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength) buffer.transfer(0);
}

async function readSizes(
  engine: Engine,
  path: string,
  limits: StatementLimits,
): Promise<readonly Size[]> {
  const rows = await engine.rows(
    `SELECT any_value(row_group_num_rows)::VARCHAR, sum(total_uncompressed_size)::VARCHAR
     FROM parquet_metadata(${literal(path)}) GROUP BY row_group_id ORDER BY row_group_id`,
    [],
    limits,
  );
  return rows.map(([count, bytes]) => ({ rows: Number(count), bytes: Number(bytes) }));
}

/** Neighbours of one size; the last of a run may be smaller. */
function runsOf(sizes: readonly Size[], groupBytes: number): readonly Run[] {
  const runs: Run[] = [];
  let firstRow = 0;
  for (let at = 0; at < sizes.length;) {
    const groupRows = sizes[at]?.rows ?? 0;
    let end = at;
    let rows = 0;
    let bytes = 0;
    for (let next = sizes[end]; next !== undefined; next = sizes[end]) {
      const fits =
        end - at < MOST_GROUPS && bytes + Math.max(next.bytes, groupBytes) <= MOST_GROUP_BYTES;
      const follows = rows === (end - at) * groupRows && next.rows <= groupRows;
      if (end > at && !(fits && follows)) break;
      rows += next.rows;
      bytes += Math.max(next.bytes, groupBytes);
      end++;
    }
    runs.push({ firstRow, rows, groupRows });
    firstRow += rows;
    at = end;
  }
  return runs;
}
