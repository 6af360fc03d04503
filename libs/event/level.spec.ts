import { expect, test } from '@jest/globals';

import { levelOfName, levelRank, LEVELS, parseLevel, type Level } from './level.ts';

const SPELLINGS: readonly [Level, string][] = [
  ['trace', 'TRACE T TRC V VERBOSE FINEST FINER'],
  ['debug', 'DEBUG D DBG FINE CONFIG'],
  ['info', 'INFO I INF INFORMATION INFORMATIONAL NOTICE LOG'],
  ['warn', 'WARN W WRN WARNING'],
  ['error', 'ERROR E ERR SEVERE'],
  ['fatal', 'FATAL F FTL CRIT CRITICAL ALERT EMERG EMERGENCY PANIC'],
];

test.each(SPELLINGS)('%s is spelled %s', (level, names) => {
  for (const name of names.split(' ')) {
    const capitalised = name.charAt(0) + name.slice(1).toLowerCase();
    for (const spelling of [name, name.toLowerCase(), capitalised, ` ${name} `]) {
      expect([spelling, parseLevel(spelling)]).toEqual([spelling, level]);
    }
  }
});

test.each<[number, Level | null]>([
  [-1, null],
  [0, 'fatal'],
  [1, 'fatal'],
  [2, 'fatal'],
  [3, 'error'],
  [4, 'warn'],
  [5, 'info'],
  [6, 'info'],
  [7, 'debug'],
  [8, null],
  [9, null],
  [10, 'trace'],
  [20, 'debug'],
  [30, 'info'],
  [35, 'info'],
  [40, 'warn'],
  [50, 'error'],
  [60, 'fatal'],
  [61, null],
  [2.5, null],
])('the number %d, also as text', (value, level) => {
  expect(parseLevel(value)).toBe(level);
  expect(parseLevel(String(value))).toBe(level);
});

test('a number is no name, and other texts are no level', () => {
  expect(levelOfName('3')).toBeNull();
  for (const text of ['', 'loud', 'e3', '__proto__', 'x'.repeat(1_000)]) {
    expect(parseLevel(text)).toBeNull();
  }
});

test('ranks are in order', () => {
  expect(LEVELS.map(levelRank)).toEqual([0, 1, 2, 3, 4, 5]);
});
