import { STATUS_CODES } from 'node:http';
import type { LimitReached } from '#access';

/** What is sent back for a request: a value, so that any transport can send it. */
export interface IngestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body: string;
}

/** One event of a request that cannot be stored. */
export interface Rejection {
  /** Its place in the request: of the array, or of the non-empty lines. */
  readonly index: number;
  readonly reason: string;
}

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' };
const PROBLEM_HEADERS = { 'content-type': 'application/problem+json; charset=utf-8' };

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

/** Problem details (RFC 9457) with a stable `code` for programs and a `detail` for people. */
export function problem(
  status: number,
  code: string,
  detail: string,
  more: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly members?: object;
  } = {},
): IngestAnswer {
  const title = STATUS_CODES[status] ?? 'Error';
  return {
    status,
    headers: { ...PROBLEM_HEADERS, ...more.headers },
    body: JSON.stringify({ type: 'about:blank', title, status, code, detail, ...more.members }),
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
