import { beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailableError } from '#store';
import { NOON } from '../../store/testing/events.ts';
import { RememberedSessions } from './remembered-sessions.ts';
import type { FoundSession } from './sessions.ts';

const MINUTE = 60_000_000;
const FOUND: FoundSession = {
  identity: { kind: 'user', id: 'u', name: 'ada', role: 'viewer', services: ['api'] },
  sessionId: 's',
};

describe('sessions while Postgres is away', () => {
  let now = NOON;
  let find: () => Promise<FoundSession | null>;
  let sessions: RememberedSessions;
  const away = () => Promise.reject(new StoreUnavailableError('57P01', 'away'));

  beforeEach(() => {
    now = NOON;
    find = () => Promise.resolve(FOUND);
    sessions = new RememberedSessions({ find: () => find() }, () => now);
  });

  it('are those that were known within minutes', async () => {
    await sessions.find('a', true);
    find = away;
    now += 5 * MINUTE;
    expect(await sessions.find('a', true)).toEqual(FOUND);
    await expect(sessions.find('b', true)).rejects.toThrow(StoreUnavailableError);
    now += 1;
    await expect(sessions.find('a', true)).rejects.toThrow(StoreUnavailableError);
  });

  it('are not those that had ended', async () => {
    await sessions.find('a', true);
    find = () => Promise.resolve(null);
    expect(await sessions.find('a', true)).toBeNull();
    find = away;
    await expect(sessions.find('a', true)).rejects.toThrow(StoreUnavailableError);
  });

  it('are no excuse for another error', async () => {
    await sessions.find('a', true);
    find = () => Promise.reject(new Error('a mistake'));
    await expect(sessions.find('a', true)).rejects.toThrow('a mistake');
  });

  it('are bounded in number', async () => {
    for (let n = 0; n <= 10_000; n++) await sessions.find(`token ${n}`, true);
    find = away;
    await expect(sessions.find('token 0', true)).rejects.toThrow(StoreUnavailableError);
    expect(await sessions.find('token 1', true)).toEqual(FOUND);
  });
});
