import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { ApiError, readApiError } from './api-error.ts';
import type { ApiServer } from './api-server.ts';

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: object;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/**
 * The Kubernetes API as raw JSON. Not the typed clients: they drop fields that their bundled models lack.
 *
 * Excluded: what objects mean, retries, caches.
 */
export interface KubeApi {
  /** @throws ApiError for an answer that is no success, or for none within the timeout */
  request(call: ApiCall): Promise<unknown>;
  /** Lines of an answer that does not end by itself; `signal` ends it. */
  lines(path: string, signal: AbortSignal): AsyncIterable<string>;
  close(): void;
}

/** Content type of a server-side apply. */
export const APPLY_PATCH = 'application/apply-patch+yaml';

const REQUEST_TIMEOUT_MS = 15_000;
/** Answers of lists are paginated, so a longer one is not ours. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_LINE_BYTES = 16 * 1024 * 1024;
/** Tokens of service accounts rotate; how long one is used before its file is read again. */
const CREDENTIALS_MS = 30_000;
const MAX_SOCKETS = 48;

export function openKubeApi(server: ApiServer, onRequest: (call: ApiCall) => void): KubeApi {
  const { url: base } = server;
  const isTls = base.protocol === 'https:';
  const agent = isTls
    ? new HttpsAgent({ keepAlive: true, maxSockets: MAX_SOCKETS })
    : new HttpAgent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  const credentials = cached(server.credentials);

  async function send(call: ApiCall, signal: AbortSignal): Promise<IncomingMessage> {
    onRequest(call);
    const { headers, tls } = await credentials.get();
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = (isTls ? httpsRequest : httpRequest)(
        new URL(`${base.pathname.replace(/\/$/, '')}${call.path}`, base),
        {
          ...tls,
          agent,
          method: call.method,
          signal,
          headers: {
            ...headers,
            accept: 'application/json',
            'user-agent': 'penstock-operator',
            ...(body !== undefined && {
              'content-type': call.contentType ?? 'application/json',
              'content-length': Buffer.byteLength(body),
            }),
          },
        },
        resolve,
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  return {
    async request(call) {
      const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
      const signal = call.signal === undefined ? timeout : AbortSignal.any([timeout, call.signal]);
      try {
        const response = await send(call, signal);
        const text = await readText(response);
        const status = response.statusCode ?? 0;
        // The token may have been replaced before its time.
        if (status === 401) credentials.forget();
        if (status < 200 || status > 299) throw readApiError(status, text);
        return JSON.parse(text) as unknown;
      } catch (error) {
        throw asApiError(error);
      }
    },
    async *lines(path, signal) {
      try {
        const response = await send({ method: 'GET', path }, signal);
        const status = response.statusCode ?? 0;
        if (status !== 200) throw readApiError(status, await readText(response));
        yield* splitLines(response);
      } catch (error) {
        throw asApiError(error);
      }
    },
    close() {
      agent.destroy();
    },
  };
}

interface Cached<Value> {
  get(): Promise<Value>;
  forget(): void;
}

function cached<Value>(load: () => Promise<Value>): Cached<Value> {
  let loaded: { readonly value: Promise<Value>; readonly until: number } | null = null;
  return {
    get: () => {
      const now = performance.now();
      if (loaded === null || now >= loaded.until) {
        const value = load();
        loaded = { value, until: now + CREDENTIALS_MS };
        value.catch(() => {
          loaded = null;
        });
      }
      return loaded.value;
    },
    forget: () => {
      loaded = null;
    },
  };
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error('the answer of the API server is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

async function* splitLines(response: IncomingMessage): AsyncIterable<string> {
  response.setEncoding('utf8');
  let rest = '';
  for await (const chunk of response as AsyncIterable<string>) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > MAX_LINE_BYTES) throw new Error('a line of a watch is too long');
    yield* parts;
  }
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(0, 'Unreachable', error instanceof Error ? error.message : String(error));
}
