import { describe, expect, it } from '@jest/globals';
import { retentionRules } from './retention-rules.ts';
import {
  boolean,
  bytes,
  duration,
  durationBetween,
  integer,
  label,
  oneOf,
  port,
  textList,
  url,
  type Parsed,
} from './setting-type.ts';

const DAY = 86_400_000;

interface AnyType {
  parse(text: string): Parsed<unknown>;
  format(value: never): string;
}

const ACCEPTED: [string, AnyType, string, unknown][] = [
  ['port', port, '0', 0],
  ['port', port, '65535', 65_535],
  ['bytes', bytes, '256MiB', 268_435_456],
  ['bytes', bytes, '1 GiB', 1_073_741_824],
  ['bytes', bytes, '17', 17],
  ['duration', duration, '30d', 30 * DAY],
  ['duration', duration, '250ms', 250],
  ['duration', duration, '90m', 5_400_000],
  ['bounded duration', durationBetween('1m', '1d'), '60s', 60_000],
  ['bounded duration', durationBetween('1m', '1d'), '24h', DAY],
  ['boolean', boolean, '1', true],
  ['boolean', boolean, 'false', false],
  ['integer', integer(2, 64), '2', 2],
  ['enum', oneOf('day', 'hour'), 'hour', 'hour'],
  ['url', url('postgres', 'postgresql'), 'postgresql://h/db', 'postgresql://h/db'],
  ['label', label, 'shop_logs-1', 'shop_logs-1'],
  ['list', textList, 'a.example, b.example,', ['a.example', 'b.example']],
  [
    'retention',
    retentionRules,
    'level:debug=3d; service:auth=90d;',
    [
      { field: 'level', value: 'debug', keepMs: 3 * DAY },
      { field: 'service', value: 'auth', keepMs: 90 * DAY },
    ],
  ],
];

const REFUSED: [string, AnyType, string][] = [
  ['port', port, '65536'],
  ['port', port, '-1'],
  ['port', port, '80.5'],
  ['bytes', bytes, '256MB'],
  ['bytes', bytes, ''],
  ['bytes', bytes, '99999999999999GiB'],
  ['duration', duration, '30'],
  ['duration', duration, '1 fortnight'],
  ['bounded duration', durationBetween('1m', '1d'), '59s'],
  ['bounded duration', durationBetween('1m', '1d'), '25h'],
  ['bounded duration', durationBetween('1m', '1d'), 'soon'],
  ['boolean', boolean, 'yes'],
  ['integer', integer(2, 64), '65'],
  ['enum', oneOf('day', 'hour'), 'week'],
  ['label', label, 'shop.logs'],
  ['label', label, ''],
  ['url', url('postgres'), 'http://h'],
  ['url', url('postgres'), 'nonsense'],
  ['retention', retentionRules, 'level=3d'],
  ['retention', retentionRules, 'message:x=3d'],
  ['retention', retentionRules, 'level:debug=3'],
  ['retention', retentionRules, 'level:loud=3d'],
];

describe('setting types', () => {
  it.each(ACCEPTED)('%s accepts a value (%#)', (_name, type, text, value) => {
    expect(type.parse(text)).toEqual({ ok: true, value });
  });

  it.each(ACCEPTED)('%s reads back what it formats (%#)', (_name, type, text, value) => {
    expect(type.parse(text)).toEqual(type.parse(type.format(value as never)));
  });

  it.each(REFUSED)('%s refuses nonsense (%#)', (_name, type, text) => {
    expect(type.parse(text)).toMatchObject({ ok: false });
  });

  it('formats in the largest unit that divides', () => {
    expect(bytes.format(128 * 1024 * 1024)).toBe('128MiB');
    expect(duration.format(10_000)).toBe('10s');
  });
});
