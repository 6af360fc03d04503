import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { EIGHT_O_CLOCK, storedEvent } from '../testing/event-builder.ts';
import { startTestGateway, type TestGateway } from '../testing/gateway-app.ts';

let gateway: TestGateway;
const SECOND = 1_000_000;

beforeAll(async () => {
  gateway = await startTestGateway();
  gateway.search.add(
    storedEvent({ level: 'error', message: 'Failed to connect to DB', resourceId: 'server-1234' }),
    storedEvent({
      ordinal: 1,
      timestamp: EIGHT_O_CLOCK + SECOND,
      level: 'warn',
      message: 'Slow',
      service: 'Auth-Service',
      metadata: { region: 'EU-west' },
    }),
    storedEvent({ ordinal: 2, timestamp: EIGHT_O_CLOCK + 2 * SECOND, levelText: 'Chatty' }),
  );
});

afterAll(() => gateway.close());

async function filter(
  body: unknown,
  path = '/logs/filter/',
  type = 'application/json',
): Promise<{ status: number; ids: string[]; body: Record<string, unknown> }> {
  const response = await fetch(gateway.url + path, {
    method: 'POST',
    headers: { 'content-type': type },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  const logs = (answer['logs'] ?? []) as { id: string }[];
  return { status: response.status, ids: logs.map(({ id }) => id), body: answer };
}

describe('filter', () => {
  it.each([
    ['level equals', { key: 'level', value: 'error', operation: 'equals' }, ['1-0']],
    ['level in another spelling', { key: 'level', value: 'WARNING', operation: 'equals' }, ['1-1']],
    ['level as it was sent', { key: 'level', value: 'chatty', operation: 'equals' }, ['1-2']],
    ['part of a level', { key: 'level', value: 'ERR', operation: 'contains' }, ['1-0']],
    ['no level', { key: 'level', value: 'xyz', operation: 'contains' }, []],
    [
      'whole message',
      { key: 'message', value: 'failed TO connect to db', operation: 'equals' },
      ['1-0'],
    ],
    ['part of a message as equals', { key: 'message', value: 'Failed', operation: 'equals' }, []],
    ['part of a message', { key: 'message', value: 'LED to c', operation: 'contains' }, ['1-0']],
    ['field equals', { key: 'service', value: 'auth-service', operation: 'equals' }, ['1-1']],
    ['alias contains', { key: 'resource_id', value: 'SERVER', operation: 'contains' }, ['1-0']],
    ['metadata contains', { key: 'metadata.region', value: 'eu-', operation: 'contains' }, ['1-1']],
    [
      'range, inclusive at both ends',
      {
        key: 'timestamp',
        operation: 'range',
        value: { lower_range: '2023-09-15T08:00:00Z', upper_range: '2023-09-15T08:00:01Z' },
      },
      ['1-1', '1-0'],
    ],
    [
      'open range',
      { key: 'timestamp', operation: 'range', value: { lower_range: '2023-09-15T08:00:02Z' } },
      ['1-2'],
    ],
    [
      'time equals',
      { key: 'timestamp', operation: 'equals', value: '2023-09-15T08:00:01Z' },
      ['1-1'],
    ],
    [
      'several',
      [
        { key: 'level', value: 'error', operation: 'equals' },
        { key: 'message', value: 'connect', operation: 'contains' },
      ],
      ['1-0'],
    ],
    ['none', [], ['1-2', '1-1', '1-0']],
  ])('finds by %s', async (_, body, ids) => {
    const answer = await filter(body);
    expect(answer.status).toBe(200);
    expect(answer.ids).toEqual(ids);
  });

  it('takes the path without its slash, and the type that curl sends', async () => {
    const body = { key: 'level', value: 'error', operation: 'equals' };
    expect((await filter(body, '/logs/filter')).ids).toEqual(['1-0']);
    const form = 'application/x-www-form-urlencoded';
    expect((await filter(body, '/logs/filter/', form)).ids).toEqual(['1-0']);
    expect((await filter(body, '/logs/filter/more')).status).toBe(404);
  });

  it.each([
    ['body', 'x'],
    ['[1]', [{ key: 'level', value: 'x', operation: 'equals' }, 7]],
    ['key', { value: 'x', operation: 'equals' }],
    ['operation', { key: 'level', value: 'x' }],
    ['operation', { key: 'level', value: 'x', operation: 'like' }],
    ['value', { key: 'service', value: {}, operation: 'equals' }],
    ['key', { key: 'level', value: {}, operation: 'range' }],
    ['value', { key: 'timestamp', value: 'x', operation: 'range' }],
    ['value', { key: 'timestamp', value: {}, operation: 'range' }],
    ['value', { key: 'timestamp', value: { lower_rage: '-1m' }, operation: 'range' }],
    ['value', { key: 'timestamp', value: 'x', operation: 'equals' }],
    ['operation', { key: 'timestamp', value: '2023', operation: 'contains' }],
    ['value.lower_range', { key: 'timestamp', value: { lower_range: 'x' }, operation: 'range' }],
    [
      'value.upper_range',
      { key: 'timestamp', value: { lower_range: 'now', upper_range: '-1m' }, operation: 'range' },
    ],
    ['valeu', { key: 'level', value: 'error', operation: 'equals', valeu: 'x' }],
    ['[0].from', [{ key: 'level', value: 'error', operation: 'equals', from: '-1h' }]],
  ])('names %s when that is wrong', async (field, body) => {
    const answer = await filter(body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'invalid-filter', errors: [{ field }] });
  });
});

describe('retrieve', () => {
  it.each([
    ['', ['1-2', '1-1', '1-0']],
    ['startTime=2023-09-15T08:00:01Z&endTime=2023-09-15T08:00:01Z', ['1-1']],
    ['logLevel=WARNING', ['1-1']],
    ['startTime=&endTime=2023-09-15T08:00:00Z&logLevel=ERROR', ['1-0']],
  ])('finds by %s', async (query, ids) => {
    const response = await fetch(`${gateway.url}/logs/retrieve?${query}`);
    expect(response.status).toBe(200);
    const { logs } = (await response.json()) as { logs: { id: string }[] };
    expect(logs.map(({ id }) => id)).toEqual(ids);
  });

  it('takes the path with a slash at its end', async () => {
    const response = await fetch(`${gateway.url}/logs/retrieve/?logLevel=ERROR`);
    expect(await response.text()).toContain('"id":"1-0"');
    expect((await fetch(`${gateway.url}/logs/retrieve/more`)).status).toBe(404);
  });

  it.each([['startTime=x'], ['logLevel=loud'], ['startTime=now&endTime=-1m']])(
    'refuses %s',
    async (query) => {
      const response = await fetch(`${gateway.url}/logs/retrieve?${query}`);
      expect(response.status).toBe(400);
    },
  );
});
