import type { TokenRequirement } from '#query';
import { decodeEvent, EVENT_COLUMNS, type PlacedCandidate, type SkipIndexReader } from '#store';
import { place } from './candidate-scan.ts';
import { candidatesSql, hiddenBoundsSql } from './candidate-sql.ts';
import { countColumnar } from './columnar/columnar-count.ts';
import type { Counting } from './counting.ts';
import { addRow, groupBySql } from './count-rows.ts';
import { allOf } from './event-filter.ts';
import { boundsSql, relationSql, type Piece } from './piece.ts';

/** What one statement reads at most, in bytes of the tables: about half a second. */
const STATEMENT_BYTES = 512 * 1024 * 1024;
const MAX_PIECES = 64;
/** Rows of one page where each must be checked here. */
const CHECKED_ROWS = 5_000;
const MAX_SHARE = 0.5;
const CANDIDATE_EVENTS = 200_000;
const MAX_RANGES = 24;

/** One arm of a counting statement. */
interface Arm {
  readonly piece: Piece;
  /** What limits it beside the filter. */
  readonly where: readonly (string | null)[];
}

/**
 * Scans pieces, in slices that keep within the budget; false where it ended first.
 *
 * @param extra a further condition on the rows in Postgres, or null: what it says of groups holds of all in files
 */
export async function countPieces(
  counting: Counting,
  pieces: readonly Piece[],
  extra: string | null,
): Promise<boolean> {
  const columnar = pieces.filter(({ step }) => step.engine === 'columnar');
  const rows = pieces.filter(({ step }) => step.engine === 'postgres');
  return (await countRows(counting, rows, extra)) && countColumnar(counting, columnar);
}

async function countRows(
  counting: Counting,
  pieces: readonly Piece[],
  extra: string | null,
): Promise<boolean> {
  if (pieces.length === 0) return true;
  await counting.snapshot.steer('any', counting.deadline.statementTimeoutMs);
  const sizes = await relationSizes(counting, pieces);
  let batch: Piece[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    for (const part of split(piece, sizes)) {
      if (
        batch.length > 0 &&
        (bytes + part.bytes > STATEMENT_BYTES || batch.length >= MAX_PIECES)
      ) {
        await countArms(
          counting,
          batch.map((each) => boundedArm(each, extra)),
          'any',
        );
        if (counting.deadline.expired) return false;
        batch = [];
        bytes = 0;
      }
      batch.push(part.piece);
      bytes += part.bytes;
    }
  }
  await countArms(
    counting,
    batch.map((each) => boundedArm(each, extra)),
    'any',
  );
  return true;
}

function boundedArm(piece: Piece, extra: string | null): Arm {
  return { piece, where: [boundsSql(piece), extra] };
}

/** Bytes of the partitions' tables, by relation. */
async function relationSizes(
  { snapshot }: Counting,
  pieces: readonly Piece[],
): Promise<ReadonlyMap<string, number>> {
  const relations = [...new Set(pieces.map((piece) => piece.step.segment.relation))];
  const rows = await snapshot.rows(
    `SELECT relation, pg_relation_size(to_regclass(quote_ident(relation)))
     FROM unnest($1::text[]) AS asked (relation)`,
    [relations],
  );
  return new Map(rows.map(([relation, bytes]) => [relation ?? '', Number(bytes)]));
}

/** Equal shares of time, newest first, each about as large as one statement may be. */
function split(
  piece: Piece,
  sizes: ReadonlyMap<string, number>,
): readonly { piece: Piece; bytes: number }[] {
  const { segment } = piece.step;
  const share = (piece.to - piece.from) / (segment.end - segment.start);
  const bytes = (sizes.get(segment.relation) ?? 0) * share;
  const count = Math.max(1, Math.ceil(bytes / STATEMENT_BYTES));
  const width = Math.ceil((piece.to - piece.from) / count);
  return Array.from({ length: count }, (_, index) => ({
    piece: {
      step: piece.step,
      from: Math.max(piece.from, piece.to - (index + 1) * width),
      to: piece.to - index * width,
    },
    bytes: bytes / count,
  })).filter((part) => part.piece.from < part.piece.to);
}

/** Reads only the groups that may hold the tokens; segments where most may, whole. */
export async function countCandidates(
  counting: Counting,
  skipIndex: SkipIndexReader,
  requirement: TokenRequirement,
): Promise<boolean> {
  const { snapshot, plan, deadline } = counting;
  const steps = plan.steps.filter((step) => step.engine === 'postgres');
  const found = await skipIndex.find(snapshot, steps, requirement);
  const whole: Piece[] = plan.steps
    .filter((step) => step.engine === 'columnar')
    .map((step) => ({ step, from: step.from, to: step.to }));
  const arms: { arm: Arm; events: number }[] = [];
  for (const [index, step] of steps.entries()) {
    const answer = found[index];
    if (answer === undefined || answer.candidateEvents > answer.events * MAX_SHARE) {
      whole.push({ step, from: step.from, to: step.to });
    } else {
      arms.push(
        ...candidateArms({ ...step, step }, place({ order: 'desc' }, step, answer.candidates)),
      );
    }
  }
  for (const batch of batches(arms)) {
    await snapshot.steer('bitmap', deadline.statementTimeoutMs);
    await countArms(counting, batch, 'bitmap');
    if (deadline.expired) return false;
  }
  return countPieces(counting, whole, null);
}

function candidateArms(piece: Piece, candidates: readonly PlacedCandidate[]) {
  const arms: { arm: Arm; events: number }[] = [];
  for (let at = 0; at < candidates.length; at += MAX_RANGES) {
    const part = candidates.slice(at, at + MAX_RANGES);
    arms.push({
      arm: { piece, where: [candidatesSql(part), hiddenBoundsSql(piece)] },
      events: part.reduce((sum, candidate) => sum + candidate.events, 0),
    });
  }
  return arms;
}

function* batches(arms: readonly { arm: Arm; events: number }[]): Generator<Arm[]> {
  let batch: Arm[] = [];
  let events = 0;
  for (const each of arms) {
    if (
      batch.length > 0 &&
      (events + each.events > CANDIDATE_EVENTS || batch.length >= MAX_PIECES)
    ) {
      yield batch;
      batch = [];
      events = 0;
    }
    batch.push(each.arm);
    events += each.events;
  }
  if (batch.length > 0) yield batch;
}

/** One statement over all arms, its counts added to the tally. */
async function countArms(
  counting: Counting,
  arms: readonly Arm[],
  path: 'any' | 'bitmap',
): Promise<void> {
  const { snapshot, deadline } = counting;
  await snapshot.steer(path, deadline.statementTimeoutMs);
  await (counting.filter.check === null ? countInSql(counting, arms) : countHere(counting, arms));
}

async function countInSql(counting: Counting, arms: readonly Arm[]): Promise<void> {
  const { snapshot, filter, grouping, tally } = counting;
  const select = [...grouping.rowKeys, 'count(*)'].join(', ');
  const groupBy = groupBySql(grouping.rowKeys.length);
  const sql = arms
    .map(({ piece, where }) => {
      const condition = allOf([...where, filter.sql]);
      return `(SELECT ${select} FROM ${relationSql(piece)}${condition}${groupBy})`;
    })
    .join(' UNION ALL ');
  for (const row of await snapshot.rows(sql, filter.values)) addRow(tally, row);
}

/** The SQL finds too much: the rows are fetched in pages and checked. */
async function countHere(counting: Counting, arms: readonly Arm[]): Promise<void> {
  const { snapshot, filter, grouping, tally, signal } = counting;
  const sql = arms
    .map(({ piece, where }) => {
      const condition = allOf([...where, filter.sql]);
      return `(SELECT ${EVENT_COLUMNS} FROM ${relationSql(piece)}${condition})`;
    })
    .join(' UNION ALL ');
  for await (const rows of snapshot.pages(sql, filter.values, CHECKED_ROWS)) {
    signal.throwIfAborted();
    for (const row of rows) {
      const event = decodeEvent(row);
      if (filter.check?.(event) === true) tally.add(grouping.keyOf(event), 1);
    }
  }
}
