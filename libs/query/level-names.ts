import { LEVELS, type Level } from '#event';

const NAMES: Readonly<Record<Level, string>> = {
  trace: 'trace v verbose finest finer 10',
  debug: 'debug d fine config 7 20',
  info: 'info i information notice log 5 6 30',
  warn: 'warn w warning 4 40',
  error: 'error e err severe 3 50',
  fatal: 'fatal f crit critical alert emerg emergency panic 0 1 2 60',
};

const LEVEL_OF: ReadonlyMap<string, Level> = new Map(
  LEVELS.flatMap((level) => NAMES[level].split(' ').map((name) => [name, level] as const)),
);

/** The level that a text names in any spelling that intake knows (`ERROR`, `WARNING`, `E`, 3), or null. */
export function namedLevel(text: string): Level | null {
  return LEVEL_OF.get(text.toLowerCase()) ?? null;
}
