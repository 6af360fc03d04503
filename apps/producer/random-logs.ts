import { below, hex, pick, skewed, type Random } from './random.ts';
import { ENTRY, INNER, type ServiceProfile } from './services.ts';

const REGIONS = ['eu-central-1', 'eu-west-1', 'us-east-1'] as const;
const COMMITS = 5;
const USUAL_FAILURES = 0.01;
const BURST_FAILURES = 0.45;
const WITH_STACK = 0.35;

interface Burst {
  readonly service: string;
  readonly untilMs: number;
}

/** What the spans of one request have in common. */
interface ShopRequest {
  readonly traceId: string;
  readonly userId: number;
  readonly region: string;
}

/**
 * Makes the logs of an imagined shop: requests that pass through several services under one trace id, mostly well,
 * with bursts in which one service fails. Each line is an event as JSON.
 */
export class RandomLogs {
  private readonly random: Random;
  private readonly commits: readonly string[];
  private readonly queued: string[] = [];
  private burst: Burst | null = null;
  private nextBurstMs: number | null = null;

  constructor(random: Random) {
    this.random = random;
    this.commits = Array.from({ length: COMMITS }, () => hex(random, 7));
  }

  /** The next `count` events, those of a request one after the other; `nowMs` is their time. */
  take(count: number, nowMs: number): string[] {
    this.moveBurst(nowMs);
    while (this.queued.length < count) this.addRequest(nowMs);
    return this.queued.splice(0, count);
  }

  /** Every half minute or so one service has trouble for a few seconds. */
  private moveBurst(nowMs: number): void {
    if (this.burst !== null && nowMs >= this.burst.untilMs) this.burst = null;
    this.nextBurstMs ??= nowMs + this.random() * 15_000;
    if (nowMs < this.nextBurstMs) return;
    this.burst = {
      service: pick(this.random, INNER).name,
      untilMs: nowMs + 2_000 + this.random() * 4_000,
    };
    this.nextBurstMs = nowMs + 15_000 + this.random() * 30_000;
  }

  private addRequest(nowMs: number): void {
    const request: ShopRequest = {
      traceId: hex(this.random, 32),
      userId: 1 + below(this.random, 50_000),
      region: pick(this.random, REGIONS),
    };
    let atMs = nowMs;
    let failed = false;
    for (let spans = 1 + below(this.random, 4); spans > 0 && !failed; spans--) {
      const service = pick(this.random, INNER);
      const latencyMs = skewed(this.random, service.latencyMs, 0.7);
      atMs += latencyMs;
      failed = this.random() < this.failureRate(service);
      this.addSpan(service, request, atMs, latencyMs, failed);
    }
    this.addSpan(ENTRY, request, atMs, atMs - nowMs + ENTRY.latencyMs, failed);
  }

  private failureRate(service: ServiceProfile): number {
    return this.burst?.service === service.name ? BURST_FAILURES : USUAL_FAILURES;
  }

  private addSpan(
    service: ServiceProfile,
    request: ShopRequest,
    atMs: number,
    latencyMs: number,
    failed: boolean,
  ): void {
    const { random } = this;
    const server = below(random, service.servers);
    const operation = pick(random, service.operations);
    const text = failed ? pick(random, service.failures) : operation.says;
    const message = text.replace('{}', String(failed ? 3_000 : 1 + below(random, 100_000)));
    const level = this.level(failed, latencyMs, service);
    this.queued.push(
      JSON.stringify({
        timestamp: timestamp(atMs, below(random, 1_000)),
        level,
        message: failed && random() < WITH_STACK ? message + stack(random, service) : message,
        resourceId: `${service.name}-${server}`,
        traceId: request.traceId,
        spanId: hex(random, 16),
        commit: this.commits[below(random, COMMITS)],
        service: service.name,
        metadata: {
          parentResourceId: `node-${below(random, 12)}`,
          region: request.region,
          userId: request.userId,
          latencyMs: Math.round(latencyMs * 10) / 10,
          http: {
            method: operation.method,
            path: operation.path,
            status: failed ? pick(random, [500, 502, 503, 504]) : 200,
          },
        },
      }),
    );
  }

  private level(failed: boolean, latencyMs: number, service: ServiceProfile): string {
    if (failed) return this.random() < 0.02 ? 'fatal' : 'error';
    if (latencyMs > service.slowMs) return 'warn';
    const roll = this.random();
    if (roll < 0.02) return 'trace';
    return roll < 0.17 ? 'debug' : 'info';
  }
}

/** RFC 3339 with microseconds. */
function timestamp(ms: number, micros: number): string {
  const text = new Date(ms).toISOString();
  return `${text.slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}

const FRAMES = [
  'connect (node:net:1284:11)',
  'Pool.acquire (/app/src/db/pool.js:88:19)',
  'Repository.load (/app/src/repository.js:41:30)',
  'handle (/app/src/http/handler.js:112:7)',
  'processTicksAndRejections (node:internal/process/task_queues:105:5)',
] as const;

function stack(random: Random, service: ServiceProfile): string {
  const depth = 2 + below(random, FRAMES.length - 1);
  const frames = FRAMES.slice(0, depth).map((frame) => `\n    at ${frame}`);
  return `\nError: ${service.name} failed${frames.join('')}`;
}
