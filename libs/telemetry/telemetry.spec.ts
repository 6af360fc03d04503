import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { collectProcessMetrics } from './process-metrics.ts';
import { fromLevel, jsonLines, readableText } from './sinks.ts';
import { defineEvent, defineGauge, Telemetry, type LogLine } from './telemetry.ts';

const stored = defineEvent<{ events: number; kind: string; seconds: number }>({
  name: 'stored',
  level: 'info',
  message: ({ events }) => `stored ${events} events`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_stored_events_total',
      help: 'Events stored.',
      labels: { kind: ({ kind }) => kind },
      value: ({ events }) => events,
    },
    {
      kind: 'histogram',
      name: 'penstock_commit_seconds',
      help: 'Time of a commit.',
      value: ({ seconds }) => seconds,
      buckets: [0.1, 1],
    },
  ],
});

const counted = defineEvent<{ depth: number }>({
  name: 'counted',
  level: null,
  message: () => 'never written',
  metrics: [
    { kind: 'gauge', name: 'penstock_depth', help: 'Depth.', value: ({ depth }) => depth },
    { kind: 'counter', name: 'penstock_counted_total', help: 'Times.' },
  ],
});

/** In seconds. */
function lagIn(metrics: string): number {
  return Number(/^penstock_event_loop_lag_p99_seconds (\S+)$/m.exec(metrics)?.[1]);
}

describe('Telemetry', () => {
  it('writes one line and moves every metric per emit', async () => {
    const lines: LogLine[] = [];
    const telemetry = new Telemetry((line) => lines.push(line));
    telemetry.emit(stored, { events: 3, kind: 'a', seconds: 0.05 });
    telemetry.emit(stored, { events: 4, kind: 'a', seconds: 0.5 });
    telemetry.emit(stored, { events: 5, kind: 'b', seconds: 5 });
    expect(lines.map(({ message }) => message)).toEqual([
      'stored 3 events',
      'stored 4 events',
      'stored 5 events',
    ]);
    const text = await telemetry.metrics();
    expect(text).toContain('penstock_stored_events_total{kind="a"} 7\n');
    expect(text).toContain('penstock_stored_events_total{kind="b"} 5\n');
    expect(text).toContain('penstock_commit_seconds_bucket{le="0.1"} 1\n');
    expect(text).toContain('penstock_commit_seconds_count 3\n');
  });

  it('counts an event without a level, and writes no line', async () => {
    const telemetry = new Telemetry(() => {
      throw new Error('a line was written');
    });
    telemetry.emit(counted, { depth: 7 });
    telemetry.emit(counted, { depth: 2 });
    const text = await telemetry.metrics();
    expect(text).toContain('penstock_depth 2\n');
    expect(text).toContain('penstock_counted_total 2\n');
  });

  it('lets two events move one metric', async () => {
    const telemetry = new Telemetry(() => undefined);
    const effect = {
      kind: 'counter',
      name: 'penstock_requests_total',
      help: 'Requests.',
      labels: { code: ({ code }: { code: string }) => code },
    } as const;
    for (const name of ['answered', 'refused'])
      telemetry.emit(defineEvent({ name, level: null, message: () => name, metrics: [effect] }), {
        code: '200',
      });
    expect(await telemetry.metrics()).toContain('penstock_requests_total{code="200"} 2\n');
  });

  it('reads observed gauges and the process when it is scraped', async () => {
    const telemetry = new Telemetry(() => undefined);
    let depth = 1;
    telemetry.observe(defineGauge({ name: 'penstock_queue_depth', help: 'Depth.' }), () => depth);
    const end = collectProcessMetrics(telemetry, { process: 'writer', version: '1.2.3' });
    depth = 5;
    const text = await telemetry.metrics();
    end();
    expect(text).toContain('penstock_queue_depth 5\n');
    expect(text).toContain(
      `penstock_build_info{process="writer",version="1.2.3",node="${process.versions.node}"} 1\n`,
    );
    expect(text).toMatch(/^penstock_event_loop_lag_p99_seconds \d/m);
    expect(text).toMatch(/^penstock_process_resident_memory_bytes \d/m);
  });

  it('says for how long the event loop was held up, once', async () => {
    const telemetry = new Telemetry(() => undefined);
    const end = collectProcessMetrics(telemetry, { process: 'writer', version: '1.2.3' });
    // The first measurement, in the turn after, is what the second is compared with.
    for (let turns = 0; turns < 3; turns++) {
      const until = performance.now() + 400;
      while (performance.now() < until);
      await setImmediate();
    }
    const text = await telemetry.metrics();
    end();
    expect(lagIn(text)).toBeGreaterThan(0.25);
    expect(text).not.toContain('nodejs_eventloop_lag');
  });
});

describe('an observed gauge', () => {
  const age = defineGauge({ name: 'penstock_age_seconds', help: 'Age.', labels: ['queue'] });

  it('has the series of its last reading only', async () => {
    const telemetry = new Telemetry(() => undefined);
    let queues = ['a', 'b'];
    telemetry.observe(age, () =>
      Promise.resolve(queues.map((queue, value) => ({ labels: { queue }, value }))),
    );
    expect(await telemetry.metrics()).toContain('penstock_age_seconds{queue="b"} 1\n');
    queues = ['a'];
    const text = await telemetry.metrics();
    expect(text).toContain('penstock_age_seconds{queue="a"} 0\n');
    expect(text).not.toContain('queue="b"');
  });

  it('is read by its last reader', async () => {
    const telemetry = new Telemetry(() => undefined);
    const depth = defineGauge({ name: 'penstock_depth', help: 'Depth.' });
    telemetry.observe(depth, () => 1);
    telemetry.observe(depth, () => 2);
    expect(await telemetry.metrics()).toContain('penstock_depth 2\n');
  });

  it('has no value while nothing is known', async () => {
    const telemetry = new Telemetry(() => undefined);
    let reading: number | null = 3;
    telemetry.observe(defineGauge({ name: 'penstock_age_seconds', help: 'Age.' }), () => reading);
    expect(await telemetry.metrics()).toContain('penstock_age_seconds 3\n');
    reading = null;
    expect(await telemetry.metrics()).not.toMatch(/^penstock_age_seconds /m);
  });
});

describe('sinks', () => {
  const line: LogLine = {
    level: 'warn',
    event: 'retry',
    message: 'trying again',
    fields: { attempt: 2, error: new Error('refused'), group: 12n },
  };
  const now = (): Date => new Date('2026-03-01T10:20:30.400Z');

  it('writes JSON lines with the fields, errors and bigints included', () => {
    const written: string[] = [];
    jsonLines((text) => written.push(text), now)(line);
    expect(written).toHaveLength(1);
    expect(JSON.parse(written[0]!)).toEqual({
      timestamp: '2026-03-01T10:20:30.400Z',
      level: 'warn',
      event: 'retry',
      message: 'trying again',
      attempt: 2,
      error: { name: 'Error', message: 'refused' },
      group: '12',
    });
  });

  it('writes readable text with the level where it is not info', () => {
    const written: string[] = [];
    const sink = readableText((text) => written.push(text), now);
    sink(line);
    sink({ ...line, level: 'info' });
    expect(written.map((text) => text.slice(8))).toEqual([
      ' WARN trying again\n',
      ' trying again\n',
    ]);
  });

  it('keeps milder lines back', () => {
    const seen: LogLine[] = [];
    const sink = fromLevel('warn', (passed) => seen.push(passed));
    sink({ ...line, level: 'info' });
    sink(line);
    sink({ ...line, level: 'error' });
    expect(seen.map(({ level }) => level)).toEqual(['warn', 'error']);
  });
});
