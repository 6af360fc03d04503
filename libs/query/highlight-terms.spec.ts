import { expect, it } from '@jest/globals';
import { highlightRanges, highlightTerms } from './highlight-terms.ts';

it.each([
  ['failed', 'Failed to connect', ['Failed']],
  ['"to connect"', 'Failed to... CONNECT', ['to... CONNECT']],
  ['fail', 'Failed', []],
  ['message:fail*', 'Failed', ['Fail']],
  ['message:*on*', 'connection', ['on', 'on']],
  ['message:f*to', 'Failed to', ['F', 'to']],
  ['failed -connect', 'Failed to connect', ['Failed']],
  ['service:failed', 'Failed', []],
  [
    'service:x AND (failed OR message:(connect NOT to))',
    'Failed to connect',
    ['Failed', 'connect'],
  ],
  ['"failed to" "to connect"', 'Failed to connect', ['Failed to connect']],
  ['message:/failed/', 'Failed', []],
  ['failed AND (', 'Failed', ['Failed']],
  ['größe', 'GRÖßE', ['GRÖßE']],
])('%s marks in %s %j', (query, message, expected) => {
  const ranges = highlightRanges(message, highlightTerms(query));
  expect(ranges.map(({ from, to }) => message.slice(from, to))).toEqual(expected);
});
