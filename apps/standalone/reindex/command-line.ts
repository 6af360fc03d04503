import { parseArgs } from 'node:util';
import type { Micros } from '#event';
import type { ReindexRange } from '#index';
import { parseTime } from '#query';

export type ReindexCommand =
  | { readonly kind: 'help' }
  | {
      readonly kind: 'run';
      readonly range: ReindexRange;
      /** Values of settings by their names. */
      readonly settings: Readonly<Record<string, string>>;
    }
  /** One sentence on what is wrong. */
  | { readonly kind: 'invalid'; readonly reason: string };

export const REINDEX_HELP = `Makes the indexes of a time again. Searches go on, and read from Postgres meanwhile.

npm run reindex -- [--from 2026-03-01] [--to 2026-03-05T12:00:00Z]

--from      first time, RFC 3339 or relative like now-7d (from the first event on)
--to        end, not included (to the last event)
--data-dir  folder of a running \`npm start\` (.data), where DATABASE_URL is not set

The days that the time touches are made again whole, by the keeper, which has to run.
`;

const OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string' },
  'data-dir': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads the arguments after the script's name. */
export function readReindexCommand(args: readonly string[], now: Micros): ReindexCommand {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS, strict: true });
    if (values.help === true) return { kind: 'help' };
    const time = (text: string | undefined): Micros | null =>
      text === undefined ? null : parseTime(text, now);
    const range = { from: time(values.from), to: time(values.to) };
    if (range.from !== null && range.to !== null && range.from >= range.to)
      return { kind: 'invalid', reason: '--from is not before --to' };
    const dataDir = values['data-dir'];
    return { kind: 'run', range, settings: dataDir === undefined ? {} : { DATA_DIR: dataDir } };
  } catch (error) {
    return { kind: 'invalid', reason: error instanceof Error ? error.message : String(error) };
  }
}
