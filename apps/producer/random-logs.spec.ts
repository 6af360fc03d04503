import { describe, expect, it } from '@jest/globals';

import { RandomLogs } from './random-logs.ts';
import { seededRandom } from './random.ts';

interface Event {
  readonly timestamp: string;
  readonly level: string;
  readonly message: string;
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly metadata: { readonly latencyMs: number };
}

const NOW = Date.parse('2026-01-01T00:00:00Z');

function make(seed: number, count: number): string[] {
  const logs = new RandomLogs(seededRandom(seed));
  const lines: string[] = [];
  // A minute of logs, so that there are bursts.
  for (let second = 0; second < 60; second++)
    lines.push(...logs.take(count / 60, NOW + second * 1_000));
  return lines;
}

const lines = make(1, 60_000);
const events = lines.map((line) => JSON.parse(line) as Event);

describe('RandomLogs', () => {
  it('makes the same from the same seed, and other logs from another', () => {
    expect(make(1, 600)).toEqual(make(1, 600));
    expect(make(2, 600)).not.toEqual(make(1, 600));
  });

  it('uses every level, mild ones most', () => {
    const of = (level: string): number => events.filter((event) => event.level === level).length;
    const shares = ['info', 'debug', 'error', 'fatal'].map(of);
    expect(Math.min(...shares, of('warn'), of('trace'))).toBeGreaterThan(0);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
  });

  it('has traces that span services, a span id for each event', () => {
    const services = new Map<string, Set<string>>();
    for (const { traceId, service } of events) {
      services.set(traceId, (services.get(traceId) ?? new Set()).add(service));
    }
    const spanning = [...services.values()].filter((names) => names.size > 1).length;
    expect(spanning).toBeGreaterThan(services.size / 2);
    expect(new Set(events.map(({ spanId }) => spanId)).size).toBe(events.length);
  });

  it('has bursts of errors of one service', () => {
    const perSecond = new Map<string, number>();
    for (const { level, service, timestamp } of events) {
      if (level !== 'error' || service === 'web-gateway') continue;
      const key = `${service} ${timestamp.slice(0, 19)}`;
      perSecond.set(key, (perSecond.get(key) ?? 0) + 1);
    }
    const counts = [...perSecond.values()].sort((a, b) => a - b);
    expect(counts.at(-1)!).toBeGreaterThan(5 * counts[Math.floor(counts.length / 2)]!);
  });

  it('has stack traces, latencies and times with microseconds', () => {
    expect(events.some(({ message }) => message.includes('\n    at '))).toBe(true);
    expect(events.every(({ metadata }) => metadata.latencyMs >= 0)).toBe(true);
    expect(events.every(({ timestamp }) => /^[-\dT:]{19}\.\d{6}Z$/.test(timestamp))).toBe(true);
  });
});
