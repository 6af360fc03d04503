import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';

/** As clients of OpenID Connect call it; redirects are answers. */
export type FetchTrusting = (url: string, options: RequestInit) => Promise<Response>;

/** Configurations, keys and answers with tokens are far smaller. */
const MOST_BYTES = 1 << 20;
/** Answers that have no body, which `Response` does not take one for. */
const BODYLESS: readonly number[] = [204, 205, 304];

/**
 * `fetch` for servers whose certificates were signed by others than the known authorities: the built-in one takes no
 * authorities for one caller alone.
 *
 * @param authorities their certificates, PEM, instead of the known ones
 */
export function fetchTrusting(authorities: string): FetchTrusting {
  return async (url, { method = 'GET', headers, body, signal }) => {
    const content = body == null ? null : await new Response(body).bytes();
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const sent = request(url, {
      method,
      headers: Object.fromEntries(new Headers(headers)),
      ca: authorities,
      ...(signal != null && { signal }),
    });
    sent.on('response', resolve).on('error', reject).end(content);
    return responseOf(await promise);
  };
}

async function responseOf(message: IncomingMessage): Promise<Response> {
  const { statusCode: status = 0, rawHeaders } = message;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error(`the answer is larger than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  return new Response(BODYLESS.includes(status) ? null : Buffer.concat(chunks), {
    status,
    headers,
  });
}
