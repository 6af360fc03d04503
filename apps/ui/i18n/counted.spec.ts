import { expect, it } from '@jest/globals';
import { counted, eventCount, moreThanEvents } from './counted.ts';

it.each([
  [0, '0 events'],
  [1, '1 event'],
  [12_345, '12,345 events'],
])('%d is %s', (count, text) => {
  expect(eventCount(count)).toBe(text);
});

it('takes the form for exactly this number before the one of the language', () => {
  expect(counted('=0 {nothing} one {# batch} other {# batches}', 0)).toBe('nothing');
});

it('shows the number as it is told to', () => {
  expect(counted('one {# event} other {# events}', 2, '$& many')).toBe('$& many events');
  expect(moreThanEvents(10_000)).toBe('more than 10,000 events');
});

it('takes a text without forms as it is', () => {
  expect(counted('events', 3)).toBe('events');
});
