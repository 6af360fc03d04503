import { expect, test } from '@jest/globals';
import { MICROS_PER_MINUTE, MICROS_PER_SECOND } from '#event';
import { noticesOf } from './notices.ts';
import type { ProcessHealth } from './pipeline-health.ts';
import { buildHealth, buildProcess, NOON } from './testing/build-process.ts';

/** Ids of the processes whose death is told. */
function told(...processes: ProcessHealth[]): (string | null)[] {
  const at = NOON + MICROS_PER_MINUTE;
  return noticesOf(buildHealth({ processes, at }))
    .filter(({ code }) => code === 'process-died')
    .map(({ subject }) => subject);
}

const died = (id: string, second = 0, kind = 'writer'): ProcessHealth =>
  buildProcess({ id, kind, state: 'dead', lastSeen: NOON + second * MICROS_PER_SECOND });

const started = (id: string, second: number, kind = 'writer'): ProcessHealth => {
  const startedAt = NOON + second * MICROS_PER_SECOND;
  return buildProcess({ id, kind, state: 'alive', startedAt, lastSeen: NOON + MICROS_PER_MINUTE });
};

test('a death is told until a process of its kind is started', () => {
  expect(told(died('a'))).toEqual(['a']);
  expect(told(died('a'), started('b', 9))).toEqual([]);
});

test('what ran before takes nobody\u2019s place, nor does another kind', () => {
  expect(told(died('a'), started('b', -9))).toEqual(['a']);
  expect(told(died('a'), started('b', 9, 'gateway'))).toEqual(['a']);
});

test('one takes the place of one', () => {
  expect(told(died('late', 5), died('early', 1), started('b', 9))).toEqual(['late']);
  expect(told(died('late', 5), died('early', 1), started('b', 3))).toEqual(['late']);
});
