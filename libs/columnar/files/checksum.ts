import type { Engine, StatementLimits } from '../duckdb/engine.ts';
import { COLUMN_NAMES } from './columns.ts';
import type { Source } from './source.ts';

/*
 * What two tables of events are compared by: the number of rows, sums over their ids and times, and for each column of
 * texts its bytes, with one more for each text, which tells an empty one from none. Sums do not depend on the order, and
 * those of several files add up. The same names mean the same in Postgres and in DuckDB.
 */

export const TEXT_COLUMNS = COLUMN_NAMES.slice(4);
/** A prime, so that the product of a group and an ordinal tells pairs apart. */
const MODULUS = 1_000_003;

type EngineName = 'postgres' | 'duckdb';

const BYTES: Readonly<Record<EngineName, (column: string) => string>> = {
  postgres: (column) => `octet_length(${column}${column === 'metadata' ? '::text' : ''})`,
  duckdb: (column) => `strlen(${column})`,
};

const MICROS: Readonly<Record<EngineName, string>> = {
  // A float of seconds, rounded: `extract` reckons with slow numerics. Up to 2^32 s, in the year 2106, its two
  // roundings make less than half a microsecond.
  postgres: `(date_part('epoch', ts) * 1000000)::bigint`,
  duckdb: 'epoch_us(ts)',
};

/** What a checksum says before the texts. */
const rowSums = (engine: EngineName): readonly string[] => [
  'count(*)',
  'coalesce(sum(group_seq), 0)',
  'coalesce(sum(ordinal), 0)',
  'coalesce(sum(level), 0)',
  `coalesce(sum(${MICROS[engine]}), 0)`,
  `coalesce(sum((group_seq % ${MODULUS}) * (ordinal + 1) + (${MICROS[engine]}) % ${MODULUS} * (ordinal % 1009)), 0)`,
];
const ROW_SUMS = rowSums('duckdb').length;

/** SQL of a checksum: one text column. */
export function checksumSql(engine: EngineName): string {
  const texts = TEXT_COLUMNS.map((column) => `coalesce(sum(${BYTES[engine](column)} + 1), 0)`);
  return inOneText(engine, [...rowSums(engine), ...texts]);
}

/** The same without the texts, whose bytes are known: they cost Postgres as much as all the rest, its JSON twice that. */
export function rowChecksumSql(engine: EngineName): string {
  return inOneText(engine, rowSums(engine));
}

function inOneText(engine: EngineName, sums: readonly string[]): string {
  const type = engine === 'postgres' ? 'text' : 'VARCHAR';
  return sums.map((sum) => `(${sum})::${type}`).join(` || ' ' || `);
}

export type Checksum = readonly bigint[];

/** The checksum of both together; an empty one is that of nothing. */
export function addChecksums(a: Checksum, b: Checksum): Checksum {
  return b.map((sum, at) => sum + (a[at] ?? 0n));
}

/** Bytes of all texts, with one more for each. */
export function textBytes(sums: Checksum): number {
  return Number(sums.slice(ROW_SUMS).reduce((bytes, sum) => bytes + sum, 0n));
}

/** The same of a row; 0 where there are no rows. */
export function averageTextBytes(sums: Checksum): number {
  const rows = Number(sums[0] ?? 0n);
  return rows === 0 ? 0 : textBytes(sums) / rows;
}

/** The numbers of a checksum, so that those of several files can be added. */
export function checksumNumbers(text: string | null | undefined): bigint[] {
  return (text ?? '').split(' ').map((sum) => BigInt(sum.replace(/\.0*$/, '')));
}

export async function checksumOf(
  engine: Engine,
  source: Source,
  limits: StatementLimits,
): Promise<bigint[]> {
  const [row] = await engine.rows(
    `SELECT ${checksumSql('duckdb')} FROM ${source.sql}`,
    source.values,
    limits,
  );
  return checksumNumbers(row?.[0]);
}
