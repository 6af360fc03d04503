import { describe, expect, it } from '@jest/globals';
import { readSegmentsCommand } from './command-line.ts';
import { segmentJson, segmentLines } from './segment-lines.ts';

const NOON = Date.UTC(2026, 2, 10, 12) * 1_000;
const DAY = 86_400_000_000;

describe('readSegmentsCommand', () => {
  it('reads what is to be done', () => {
    expect(readSegmentsCommand([], NOON)).toEqual({ kind: 'help' });
    expect(readSegmentsCommand(['list', '--from', 'now-1d', '--json'], NOON)).toEqual({
      kind: 'list',
      range: { from: NOON - DAY, to: null },
      json: true,
      settings: {},
    });
    expect(readSegmentsCommand(['verify', '--data-dir', '/d'], NOON)).toEqual({
      kind: 'verify',
      range: { from: null, to: null },
      settings: { DATA_DIR: '/d' },
    });
    expect(readSegmentsCommand(['recover', '--forget-missing'], NOON)).toEqual({
      kind: 'recover',
      forgetMissing: true,
      settings: {},
    });
    expect(readSegmentsCommand(['restore', '17'], NOON)).toMatchObject({
      kind: 'restore',
      id: 17,
      heldUntil: '2026-03-17T12:00:00.000000Z',
    });
    expect(readSegmentsCommand(['restore', '17', '--hold=forever'], NOON)).toMatchObject({
      heldUntil: 'infinity',
    });
  });

  it.each([
    [['drop'], 'there is no "segments drop"'],
    [['restore'], 'needs the id'],
    [['restore', '1', '2'], 'needs the id'],
    [['restore', '1; DROP'], 'needs the id'],
    [['restore', '1', '--hold', 'a while'], 'neither a time like 30d nor forever'],
    [['list', 'all'], '"all" means nothing'],
    [['list', '--from', 'now', '--to=-1h'], '--from is not before --to'],
    [['list', '--form', 'now'], "Unknown option '--form'"],
  ])('refuses %j', (args, reason) => {
    const command = readSegmentsCommand(args, NOON);
    expect(command).toMatchObject({ kind: 'invalid', reason: expect.stringContaining(reason) });
  });
});

describe('the list of segments', () => {
  const times = { start: NOON - (NOON % DAY), end: NOON - (NOON % DAY) + DAY };
  const segments = [
    { id: 7, engine: 'columnar', ...times, events: 1_000, bytes: 45_000, files: 1 },
    { id: 3, engine: 'kept', ...times, events: 1_000, bytes: 300_000, files: 0 },
  ] as const;

  it('counts events once, and all bytes', () => {
    const lines = segmentLines(segments);
    expect(lines[1]).toMatch(
      /^7 +files +2026-03-10T00:00Z +2026-03-11T00:00Z +1000 +45000 +45 +1$/,
    );
    expect(lines[2]).toMatch(/^3 +rows beside files .* 300$|^3 +rows beside files .* 300 +0$/);
    expect(lines[3]).toMatch(/all +1000 +345000 +345 +1$/);
    expect(JSON.parse(segmentJson(segments[0]))).toMatchObject({
      from: '2026-03-10T00:00:00.000000Z',
      bytes: 45_000,
    });
  });
});
