import { describe, expect, it } from '@jest/globals';
import { readReindexCommand } from './command-line.ts';

const NOON = Date.UTC(2026, 2, 10, 12) * 1_000;

describe('readReindexCommand', () => {
  it('reads a range', () => {
    expect(readReindexCommand(['--from', '2026-03-10T11:00:00Z', '--to=now'], NOON)).toEqual({
      kind: 'run',
      range: { from: NOON - 3_600_000_000, to: NOON },
      settings: {},
    });
  });

  it('is everything without a range', () => {
    expect(readReindexCommand(['--data-dir', '/tmp/x'], NOON)).toEqual({
      kind: 'run',
      range: { from: null, to: null },
      settings: { DATA_DIR: '/tmp/x' },
    });
    expect(readReindexCommand(['-h'], NOON)).toEqual({ kind: 'help' });
  });

  it.each([
    [['--from', 'yesterday'], '"yesterday" is no time'],
    [['--from', 'now', '--to=-1h'], '--from is not before --to'],
    [['--form', 'now'], "Unknown option '--form'"],
  ])('refuses %j', (args, reason) => {
    expect(readReindexCommand(args, NOON)).toMatchObject({
      kind: 'invalid',
      reason: expect.stringContaining(reason),
    });
  });
});
