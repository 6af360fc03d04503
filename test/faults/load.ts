import { randomUUID } from 'node:crypto';
import * as http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '../support/wait-until.ts';
import type { EventAccount } from './event-account.ts';
import { integerBetween } from './random.ts';

export interface LoadOptions {
  readonly account: EventAccount;
  readonly random: () => number;
  /** Most requests that are open at once; beyond, new ones wait. Many of them make the load independent of the answers. */
  readonly senders: number;
  /** Most requests per second over all senders. */
  readonly requestsPerSecond: number;
  /** Share of requests with an Idempotency-Key. Default 0.5. */
  readonly keyShare?: number;
  /** Events of a request, at most; now and then one is larger than a batch. */
  readonly eventsPerRequest: number;
}

type Answer =
  /** Nothing was listening: the request was not sent. */
  | { readonly kind: 'not-sent' }
  /** The connection broke; whether the request was taken is unknown. */
  | { readonly kind: 'broken' }
  | { readonly kind: 'answered'; readonly status: number; readonly body: AnswerBody };

interface AnswerBody {
  readonly code?: string;
  readonly accepted?: number;
  readonly retryAfterMs?: number;
}

interface Request {
  readonly first: number;
  readonly count: number;
  readonly body: string;
  /** Null: must not be repeated once it may have been stored. */
  readonly key: string | null;
}

/** Larger than the 256 KiB of one batch, so that it takes several. */
const LARGE_REQUEST_EVENTS = 900;
const LARGE_REQUEST_SHARE = 0.01;
const RETRY_MS = 50;
const MAX_RETRY_MS = 1_000;
/** More than the server's own wait for an outcome. */
const ANSWER_WITHIN_MS = 60_000;

/**
 * Senders that keep to the delivery contract: a part of the requests has an Idempotency-Key and is repeated until it is
 * acknowledged. Requests begin at their times, whatever became of earlier ones, up to the number of senders.
 */
export class Load {
  /** Answers by kind: a status with its code, or `broken`. */
  readonly answers = new Map<string, number>();
  acknowledgedRequests = 0;
  /** Answers that the contract does not allow, in words. */
  readonly violations: string[] = [];
  private readonly options: LoadOptions;
  private readonly agent: http.Agent;
  private readonly arrivals: Promise<void>;
  private readonly deliveries = new Set<Promise<void>>();
  private target: string;
  private paused = false;
  private finishing = false;
  private abandoned = false;
  private inFlight = 0;
  private nextStart = 0;

  constructor(target: string, options: LoadOptions) {
    this.target = target;
    this.options = options;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: options.senders });
    this.arrivals = this.begin();
  }

  /** Sends nothing more for now; resolves when no request is under way. */
  async pause(): Promise<void> {
    this.paused = true;
    await waitUntil('the answers to the requests under way', () => this.inFlight === 0, 60_000);
  }

  resume(target: string): void {
    this.target = target;
    this.paused = false;
  }

  /** Resolves once so many more requests were acknowledged. */
  async acknowledges(requests: number, timeoutMs = 30_000): Promise<void> {
    const goal = this.acknowledgedRequests + requests;
    await waitUntil(
      `${requests} further acknowledged requests (answers: ${JSON.stringify([...this.answers])})`,
      () => this.acknowledgedRequests >= goal,
      timeoutMs,
    );
  }

  /** Begins no new request, and repeats the ones with a key until they are answered. */
  async finish(): Promise<void> {
    this.finishing = true;
    this.paused = false;
    await this.arrivals;
    await Promise.all(this.deliveries);
    this.agent.destroy();
  }

  /** Ends without another request, whatever is open. Safe to call again. */
  async abandon(): Promise<void> {
    this.abandoned = true;
    this.agent.destroy();
    await this.finish();
  }

  private mayGoOn(): Promise<void> {
    return waitUntil('the end of the pause', () => !this.paused, 120_000);
  }

  private async begin(): Promise<void> {
    for (;;) {
      await this.turn();
      await this.mayGoOn();
      if (this.deliveries.size >= this.options.senders) await Promise.race(this.deliveries);
      if (this.finishing) return;
      const delivery = this.deliver(this.next()).finally(() => this.deliveries.delete(delivery));
      this.deliveries.add(delivery);
    }
  }

  /** Keeps the rate over all senders. */
  private async turn(): Promise<void> {
    const now = performance.now();
    this.nextStart = Math.max(now, this.nextStart + 1_000 / this.options.requestsPerSecond);
    if (this.nextStart > now) await delay(this.nextStart - now);
  }

  private next(): Request {
    const { account, random, eventsPerRequest, keyShare = 0.5 } = this.options;
    const isLarge = random() < LARGE_REQUEST_SHARE;
    const count = isLarge ? LARGE_REQUEST_EVENTS : integerBetween(random, 1, eventsPerRequest);
    const { first, events } = account.take(count);
    const body = events.map((event) => JSON.stringify(event)).join('\n');
    return { first, count, body, key: random() < keyShare ? randomUUID() : null };
  }

  private async deliver(request: Request): Promise<void> {
    for (let attempts = 1; ; attempts++) {
      await this.mayGoOn();
      if (this.abandoned) return;
      this.inFlight++;
      const answer = await this.post(request);
      this.inFlight--;
      this.count(answer);
      if (this.isSettled(request, answer, attempts)) return;
      await delay(retryAfterMs(answer, attempts));
    }
  }

  private count(answer: Answer): void {
    const name =
      answer.kind === 'answered'
        ? [answer.status, answer.body.code].filter((part) => part !== undefined).join(' ')
        : answer.kind;
    this.answers.set(name, (this.answers.get(name) ?? 0) + 1);
  }

  /** True when the request is not to be sent again. */
  private isSettled({ first, count, key }: Request, answer: Answer, attempts: number): boolean {
    if (answer.kind === 'not-sent') return false;
    if (answer.kind === 'broken') return key === null;
    const { status, body } = answer;
    if (status === 202) {
      if (body.accepted !== count) this.violations.push(`202 for ${body.accepted} of ${count}`);
      this.acknowledgedRequests++;
      this.options.account.acknowledged(first, count, attempts);
      return true;
    }
    if (status !== 503 || body.retryAfterMs === undefined) {
      this.violations.push(`${status} ${JSON.stringify(body)}`);
      return true;
    }
    // Any other 503 says that nothing was stored, so that everyone may repeat it.
    return body.code === 'outcome-unknown' && key === null;
  }

  private post({ body, key }: Request): Promise<Answer> {
    return new Promise((resolve) => {
      const headers: Record<string, string> = {
        'content-type': 'application/x-ndjson',
        'content-length': String(Buffer.byteLength(body)),
      };
      if (key !== null) headers['idempotency-key'] = key;
      const broke = (error: NodeJS.ErrnoException): void => {
        resolve({ kind: error.code === 'ECONNREFUSED' ? 'not-sent' : 'broken' });
      };
      const sent = http.request(
        `${this.target}/logs/batch`,
        { method: 'POST', agent: this.agent, headers },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('error', broke);
          response.on('end', () => {
            const retryAfter = response.headers['retry-after'];
            if (response.statusCode === 503 && retryAfter === undefined) {
              this.violations.push('503 without Retry-After');
            }
            resolve({
              kind: 'answered',
              status: response.statusCode ?? 0,
              body: JSON.parse(text) as AnswerBody,
            });
          });
        },
      );
      sent.on('error', broke);
      sent.setTimeout(ANSWER_WITHIN_MS, () => {
        this.violations.push(`no answer within ${ANSWER_WITHIN_MS} ms`);
        sent.destroy();
      });
      sent.end(body);
    });
  }
}

/** As the server says; where it said nothing, longer from time to time. */
function retryAfterMs(answer: Answer, attempts: number): number {
  const own = Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** (attempts - 1));
  return answer.kind === 'answered' ? (answer.body.retryAfterMs ?? own) : own;
}
