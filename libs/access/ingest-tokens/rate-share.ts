export interface ShareFacts {
  /** The limit over all processes, per second. */
  readonly limit: number;
  /** The share so far, per second. */
  readonly share: number;
  /** What the other processes took lately, per second. */
  readonly others: number;
  /** Processes of ingest that live, this one among them. */
  readonly processes: number;
}

/**
 * The part of a limit that this process may use: what the others leave, but never less than an equal part, so that
 * nobody is shut out. It goes half of the way at a time, for else processes that want more than there is would take
 * turns between too much and too little.
 *
 * With demand that is steady the shares add up to the limit within a few rounds. Until then, when all begin in the same
 * second, each may have taken the whole limit once.
 */
export function nextShare({ limit, share, others, processes }: ShareFacts): number {
  const target = Math.max(limit / Math.max(1, processes), Math.min(limit, limit - others));
  return (Math.min(share, limit) + target) / 2;
}
