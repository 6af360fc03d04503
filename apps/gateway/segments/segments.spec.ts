import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';

import type { ListedRange, ListedSegment } from '#columnar';
import { MICROS_PER_DAY } from '#event';
import { startTestGateway, type TestGateway } from '../testing/gateway-app.ts';
import { MOST_STRETCHES } from './segments-json.ts';

const DAY = Date.UTC(2026, 10, 24) * 1_000;

let gateway: TestGateway;
let segments: ListedSegment[] = [];
let asked: ListedRange | null = null;

function build(change: Partial<ListedSegment> = {}): ListedSegment {
  const range = { start: DAY, end: DAY + MICROS_PER_DAY };
  return { id: 1, engine: 'rows', ...range, events: 100, bytes: 30_000, files: 0, ...change };
}

beforeAll(async () => {
  gateway = await startTestGateway({
    segments: (range) => {
      asked = range;
      return Promise.resolve(segments);
    },
  });
});
afterAll(() => gateway.close());
beforeEach(() => {
  segments = [];
});

async function read(query = ''): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${gateway.url}/api/v1/segments${query}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

it('tells days, newest first, whose tables and files are one', async () => {
  const next = { start: DAY + MICROS_PER_DAY, end: DAY + 2 * MICROS_PER_DAY };
  segments = [
    build({ engine: 'columnar', events: 1_000, bytes: 50_000, files: 2 }),
    build({ engine: 'kept', events: 1_000, bytes: 300_000 }),
    build({ events: 0, bytes: 24_000 }),
    build({ ...next }),
  ];
  expect(await read('?from=2026-11-20T00:00:00Z&to=2026-11-30T00:00:00Z')).toEqual({
    status: 200,
    body: {
      segments: [
        {
          from: '2026-11-25T00:00:00.000000Z',
          to: '2026-11-26T00:00:00.000000Z',
          where: 'rows',
          events: 100,
          bytes: 30_000,
          bytesPerEvent: 300,
          files: 0,
          fileBytes: 0,
          tableBytes: 30_000,
        },
        {
          from: '2026-11-24T00:00:00.000000Z',
          to: '2026-11-25T00:00:00.000000Z',
          where: 'both',
          events: 1_000,
          bytes: 350_000,
          bytesPerEvent: 350,
          files: 2,
          fileBytes: 50_000,
          tableBytes: 300_000,
        },
      ],
      events: 1_100,
      bytes: 380_000,
      more: false,
    },
  });
  expect(asked).toEqual({ from: DAY - 4 * MICROS_PER_DAY, to: DAY + 6 * MICROS_PER_DAY });
});

it('says where a day lies: an empty table for late events counts as nothing', async () => {
  segments = [
    build({ engine: 'columnar', events: 1_000, bytes: 50_000, files: 1 }),
    build({ events: 0, bytes: 24_000 }),
  ];
  expect((await read()).body).toMatchObject({ segments: [{ where: 'files', bytes: 50_000 }] });
  expect(asked).toEqual({ from: null, to: null });
  segments = [build({ events: 0, bytes: 0 })];
  expect((await read()).body).toMatchObject({ segments: [{ where: 'rows', bytesPerEvent: null }] });
});

it('is bounded, and says so', async () => {
  segments = Array.from({ length: MOST_STRETCHES + 5 }, (_, at) =>
    build({ start: DAY + at * MICROS_PER_DAY, end: DAY + (at + 1) * MICROS_PER_DAY }),
  );
  const { body } = await read();
  expect(body['segments']).toHaveLength(MOST_STRETCHES);
  expect(body['more']).toBe(true);
});

it.each([['?from=soon'], ['?from=now&to=-1h'], ['?limit=3']])('refuses %s', async (query) => {
  expect((await read(query)).status).toBe(400);
});
