/** The six canonical severities, mildest first. A level's rank is its index here; rows store the rank. */
export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

export type Level = (typeof LEVELS)[number];

/** Rank of a level: 0 for `trace` to 5 for `fatal`. */
export function levelRank(level: Level): number {
  return LEVELS.indexOf(level);
}
