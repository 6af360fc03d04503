import { describe, expect, it } from '@jest/globals';
import { readEvents, type ReadEvents } from '#intake';
import { allowedEvents } from './allowed-events.ts';

const NOW = 1_700_000_000_000_000;

function read(events: readonly unknown[]): ReadEvents {
  const result = readEvents(Buffer.from(JSON.stringify(events)), undefined, 'json', NOW);
  if (result.kind === 'refused') throw new Error(result.detail);
  return result;
}

const event = (message: string, service?: string) => ({ message, ...(service && { service }) });

describe('events of services', () => {
  it('are all allowed where no services are named, and where all are of those named', () => {
    const all = read([event('a'), event('b', 'api')]);
    expect(allowedEvents(all, null)).toBe(all);
    const own = read([event('a', 'api'), event('b', 'web')]);
    expect(allowedEvents(own, new Set(['api', 'web']))).toBe(own);
  });

  it('of others are rejected by their place in the request, among those that are rejected anyway', () => {
    const whole = read([
      event('a', 'api'),
      { level: 'info' },
      event('b', 'web'),
      event('c'),
      event('d', 'api'),
    ]);
    const left = allowedEvents(whole, new Set(['api']));
    expect(left.events.map(({ message }) => message)).toEqual(['a', 'd']);
    expect(left.sizes).toEqual([whole.sizes[0], whole.sizes[3]]);
    expect(left.total).toBe(5);
    expect(left.rejected).toEqual([
      { index: 1, reason: expect.stringContaining('message') },
      { index: 2, reason: 'service: the token may send events of "api", not of "web"' },
      { index: 3, reason: 'service: it is missing, and the token may send events of "api" only' },
    ]);
  });

  it('leave the cut of the body into batches as it is', () => {
    const long = 'x'.repeat(100_000);
    const whole = read([
      event(long, 'api'),
      event(long, 'web'),
      event(long, 'api'),
      event(long, 'web'),
    ]);
    expect(whole.parts).toEqual([
      { start: 0, end: 2 },
      { start: 2, end: 4 },
    ]);
    expect(allowedEvents(whole, new Set(['web'])).parts).toEqual([
      { start: 0, end: 1 },
      { start: 1, end: 2 },
    ]);
  });

  it('are named in a bounded reason', () => {
    const names = Array.from({ length: 100 }, (_, i) => `service-${i}`);
    const { rejected } = allowedEvents(read([event('a', 'y'.repeat(1_000))]), new Set(names));
    expect(rejected[0]?.reason.length).toBeLessThan(400);
  });
});
