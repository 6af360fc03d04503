import { describe, expect, it } from '@jest/globals';
import type { IngestToken } from '../../api/tokens-api.ts';
import { draftOf, readDraft } from './token-draft.ts';

const TOKEN: IngestToken = {
  id: 'a',
  name: 'web',
  state: 'active',
  services: ['api', 'web'],
  eventsPerSecond: 100,
  burst: null,
  bytesPerDay: 1_234_567,
  disabled: false,
  createdAt: '2024-01-01T00:00:00.000000Z',
  rotatedAt: null,
  previousUntil: null,
  expiresAt: '2024-05-06T10:00:00.000000Z',
  today: { events: 0, bytes: 0 },
};

const read = (change: Partial<ReturnType<typeof draftOf>>, before: string | null = null) =>
  readDraft({ ...draftOf(null), name: 'n', ...change }, before);

describe('readDraft', () => {
  it('gives back a token that is not changed, to the byte and the second', () => {
    const { name, services, eventsPerSecond, burst, bytesPerDay, disabled, expiresAt } = TOKEN;
    expect(readDraft(draftOf(TOKEN), TOKEN.expiresAt)).toEqual({
      ok: true,
      token: { name, services, eventsPerSecond, burst, bytesPerDay, disabled, expiresAt },
    });
  });

  it('reads what people write', () => {
    expect(
      read({ eventsPerSecond: '1,000', bytesPerDay: '2 GB', expires: '2030-01-02' }),
    ).toMatchObject({
      token: {
        services: null,
        eventsPerSecond: 1_000,
        bytesPerDay: 2_000_000_000,
        expiresAt: '2030-01-02T23:59:59Z',
      },
    });
  });

  it.each([
    [{ name: ' ' }, 'name'],
    [{ eventsPerSecond: '0' }, 'eventsPerSecond'],
    [{ eventsPerSecond: '1.5' }, 'eventsPerSecond'],
    [{ burst: 'x' }, 'burst'],
    [{ bytesPerDay: 'much' }, 'bytesPerDay'],
  ])('finds fault with %j', (change, field) => {
    const answer = read(change);
    expect(answer.ok ? [] : [...answer.faults.keys()]).toEqual([field]);
  });
});
