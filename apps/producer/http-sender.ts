import * as http from 'node:http';
import * as https from 'node:https';

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: string;
}

/** Posts NDJSON over connections that are kept open. */
export class HttpSender {
  private readonly url: URL;
  private readonly agent: http.Agent;
  private readonly timeoutMs: number;
  private readonly authorization: Readonly<Record<string, string>>;

  /** @param token an ingest token, or null where none is asked for */
  constructor(base: URL, connections: number, timeoutMs: number, token: string | null) {
    this.url = new URL(`${base.pathname.replace(/\/$/, '')}/logs/batch`, base);
    const { Agent } = this.url.protocol === 'https:' ? https : http;
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.timeoutMs = timeoutMs;
    this.authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  }

  /** Rejects when no complete answer comes. */
  post(body: string, idempotencyKey: string, signal: AbortSignal): Promise<HttpAnswer> {
    const { request } = this.url.protocol === 'https:' ? https : http;
    return new Promise((resolve, reject) => {
      const sent = request(this.url, {
        method: 'POST',
        agent: this.agent,
        signal,
        timeout: this.timeoutMs,
        headers: {
          'content-type': 'application/x-ndjson',
          'content-length': Buffer.byteLength(body),
          'idempotency-key': idempotencyKey,
          ...this.authorization,
        },
      });
      sent.once('timeout', () => {
        sent.destroy(new Error(`no answer within ${this.timeoutMs} ms`));
      });
      sent.once('error', reject);
      sent.once('response', (response) => {
        readAnswer(response).then(resolve, reject);
      });
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

async function readAnswer(response: http.IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    retryAfter: response.headers['retry-after'] ?? null,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
