import type { LimitReached } from '#access';
import { problem, type HttpAnswer } from '#problem';

export type IngestAnswer = HttpAnswer;

/** One event of a request that cannot be stored. */
export interface Rejection {
  /** Its place in the request: of the array, or of the non-empty lines. */
  readonly index: number;
  readonly reason: string;
}

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' };

/** 202: every event that is not named in `rejected` is durable. `batchId` is null when no event was sent. */
export function accepted(
  count: number,
  rejected: readonly Rejection[],
  batchId: string | null,
): IngestAnswer {
  const id = batchId === null ? 'null' : `"${batchId}"`;
  const list = rejected.length === 0 ? '[]' : JSON.stringify(rejected);
  return {
    status: 202,
    headers: JSON_HEADERS,
    body: `{"accepted":${count},"rejected":${list},"batchId":${id}}`,
  };
}

/** 503 before admission: nothing of the request was stored, so repeating it is safe. */
export function overloaded(code: string, detail: string, retryAfterMs: number): IngestAnswer {
  return later(503, code, detail, retryAfterMs);
}

/** 429 before anything of the request was stored. */
export function limited({ limit, detail, retryAfterMs }: LimitReached): IngestAnswer {
  return later(429, LIMIT_CODES[limit], detail, retryAfterMs);
}

const LIMIT_CODES = { rate: 'rate-limited', volume: 'daily-volume-reached' } as const;

function later(status: number, code: string, detail: string, retryAfterMs: number): IngestAnswer {
  // Retry-After counts whole seconds; the exact wait is added for clients that know it.
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  return problem(status, code, detail, {
    headers: { 'retry-after': String(seconds) },
    members: { retryAfterMs: Math.ceil(retryAfterMs) },
  });
}
