import type { IngestToken } from '#access';
import { formatTimestamp, type Micros } from '#event';

/** Whether it is accepted, and why not. */
function stateOf({ disabled, expiresAt }: IngestToken, now: Micros): string {
  if (disabled) return 'disabled';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active';
}

/** A token without its secret. */
export function tokenJson(token: IngestToken, now: Micros): object {
  return {
    ...token,
    state: stateOf(token, now),
    createdAt: formatTimestamp(token.createdAt),
    rotatedAt: timeOrNull(token.rotatedAt),
    expiresAt: timeOrNull(token.expiresAt),
    previousUntil: timeOrNull(token.previousUntil),
  };
}

function timeOrNull(time: Micros | null): string | null {
  return time === null ? null : formatTimestamp(time);
}
