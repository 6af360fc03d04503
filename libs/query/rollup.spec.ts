import { expect, it } from '@jest/globals';
import { parseQuery } from './parse-query.ts';
import { rollupFields } from './rollup.ts';

it.each([
  ['', []],
  ['level:>=warn', ['level']],
  ['level:error -service:(auth OR api)', ['level', 'service']],
  ['resourceId:server-* OR service:*', ['resourceId', 'service']],
  ['level:error failed', null],
  ['traceId:abc', null],
  ['service:/a/', null],
  ['service:>a', null],
  ['timestamp:>2023-01-01', null],
  ['service.x:a', null],
])('%s asks rollups for %j', (text, fields) => {
  const found = rollupFields(parseQuery(text));
  expect(found === null ? null : [...found]).toEqual(fields);
});
