import { STATUS_CODES } from 'node:http';

/** What is sent back for a request: a value, so that any transport can send it. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body: string;
}

const HEADERS = { 'content-type': 'application/problem+json; charset=utf-8' };

/** Problem details (RFC 9457) with a stable `code` for programs and a `detail` for people. */
export function problem(
  status: number,
  code: string,
  detail: string,
  more: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly members?: object;
  } = {},
): HttpAnswer {
  const title = STATUS_CODES[status] ?? 'Error';
  return {
    status,
    headers: { ...HEADERS, ...more.headers },
    body: JSON.stringify({ type: 'about:blank', title, status, code, detail, ...more.members }),
  };
}
