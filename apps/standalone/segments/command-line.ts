import { parseArgs } from 'node:util';
import type { ListedRange } from '#columnar';
import { formatTimestamp, type Micros } from '#event';
import { parseTime } from '#query';

interface Common {
  /** Values of settings by their names. */
  readonly settings: Readonly<Record<string, string>>;
}

export type SegmentsCommand =
  | { readonly kind: 'help' }
  | (Common & { readonly kind: 'list'; readonly range: ListedRange; readonly json: boolean })
  | (Common & { readonly kind: 'verify'; readonly range: ListedRange })
  | (Common & {
      readonly kind: 'restore';
      readonly id: number;
      /** A time that Postgres reads, or `infinity`. */
      readonly heldUntil: string;
    })
  | (Common & { readonly kind: 'recover'; readonly forgetMissing: boolean })
  /** One sentence on what is wrong. */
  | { readonly kind: 'invalid'; readonly reason: string };

export const SEGMENTS_HELP = `Columnar files and tables: what lies where.

penstock segments list    [--from 2026-03-01] [--to now-7d] [--json]
penstock segments verify  [--from 2026-03-01] [--to now-7d]
penstock segments restore <id> [--hold 7d]
penstock segments recover [--forget-missing]

list     stretches of time, where their events lie, and what they take
verify   reads every file from the storage and compares its checksum; exit code 1 where one is missing or corrupt;
         names objects that Postgres does not know
restore  makes the events of a stretch rows of Postgres again, all of them or none; searches read the rows then
recover  after a loss of Postgres: makes the files of the storage count that Postgres does not know, each event once;
         before writers and keeper are started; exit code 1 where something was left

--from      first time, RFC 3339 or relative like now-7d (from the first event on)
--to        end, not included (to the last event)
--json      a line of JSON for each
--hold      how long the rows stay before they become files again, as 30d, or forever (7d)
--forget-missing  files that Postgres knows and the storage has lost are given up; else their days are left
--data-dir  folder of a running \`npm start\` (.data), where DATABASE_URL is not set

It reads the settings of the keeper: DATABASE_URL, COLUMNAR_FOLDER or S3_BUCKET and the other S3_ settings.
Without the image: npm run segments -- list
`;

const OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string' },
  json: { type: 'boolean' },
  hold: { type: 'string' },
  'forget-missing': { type: 'boolean' },
  'data-dir': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const HOLD = '7d';

/** Reads the arguments after the script's name. */
export function readSegmentsCommand(args: readonly string[], now: Micros): SegmentsCommand {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: OPTIONS,
      strict: true,
      allowPositionals: true,
    });
    const [verb = 'help', ...rest] = positionals;
    return values.help === true ? { kind: 'help' } : commandOf(verb, rest, values, now);
  } catch (error) {
    return { kind: 'invalid', reason: error instanceof Error ? error.message : String(error) };
  }
}

interface Flags {
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
  readonly hold?: string;
  readonly 'forget-missing'?: boolean;
  readonly 'data-dir'?: string;
}

function commandOf(
  verb: string,
  rest: readonly string[],
  flags: Flags,
  now: Micros,
): SegmentsCommand {
  const dataDir = flags['data-dir'];
  const settings: Common['settings'] = dataDir === undefined ? {} : { DATA_DIR: dataDir };
  if (verb === 'restore') return { settings, ...restoreOf(rest, flags.hold ?? HOLD, now) };
  if (rest.length > 0) throw new RangeError(`"${rest.join(' ')}" means nothing`);
  switch (verb) {
    case 'help':
      return { kind: 'help' };
    case 'list':
      return { kind: 'list', range: rangeOf(flags, now), json: flags.json === true, settings };
    case 'verify':
      return { kind: 'verify', range: rangeOf(flags, now), settings };
    case 'recover':
      return { kind: 'recover', forgetMissing: flags['forget-missing'] === true, settings };
    default:
      throw new RangeError(`there is no "segments ${verb}"`);
  }
}

function rangeOf({ from, to }: Flags, now: Micros): ListedRange {
  const time = (text: string | undefined): Micros | null =>
    text === undefined ? null : parseTime(text, now);
  const range = { from: time(from), to: time(to) };
  if (range.from !== null && range.to !== null && range.from >= range.to)
    throw new RangeError('--from is not before --to');
  return range;
}

function restoreOf(rest: readonly string[], hold: string, now: Micros) {
  const [id = ''] = rest;
  if (rest.length !== 1 || !/^\d{1,9}$/.test(id))
    throw new RangeError('restore needs the id of one segment, as list shows it');
  if (hold === 'forever')
    return { kind: 'restore', id: Number(id), heldUntil: 'infinity' } as const;
  if (!/^\d{1,5}[smhd]$/.test(hold))
    throw new RangeError(`--hold: "${hold}" is neither a time like 30d nor forever`);
  const heldUntil = formatTimestamp(parseTime(`now+${hold}`, now));
  return { kind: 'restore', id: Number(id), heldUntil } as const;
}
