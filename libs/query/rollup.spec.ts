import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LEVELS } from '#event';
import { parseQuery } from './parse-query.ts';
import { toPredicate } from './predicate/to-predicate.ts';
import { levelsOf, rollupFilter, rollupPredicate, rollupSql, servicesOf } from './rollup.ts';
import { buildEvent } from './testing/build-event.ts';

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
  const filter = rollupFilter(parseQuery(text));
  expect(filter === null ? null : [...filter.fields]).toEqual(fields);
});

const service = fc.constantFrom(null, 'auth', 'api', '');
const resourceId = fc.constantFrom(null, 'server-1', 'server-2');
const term = fc.constantFrom(
  ...[
    'level:error',
    'level:>=warn',
    'service:auth',
    'service:a*',
    'service:*',
    'resourceId:server-1',
  ],
);
const query = fc
  .array(fc.tuple(fc.constantFrom('', '-'), term, fc.constantFrom('', ' OR')), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => `${parts.map(([sign, text, or]) => sign + text + or).join(' ')} level:*`);

it('decides on a key as the predicate decides on its events', () => {
  const key = fc.record({ level: fc.constantFrom(...LEVELS), service, resourceId });
  fc.assert(
    fc.property(query, key, (text, parts) => {
      const parsed = parseQuery(text);
      const holds = toPredicate(parsed)(buildEvent(parts));
      expect(rollupPredicate(rollupFilter(parsed)!)(parts)).toBe(holds);
      if (holds) {
        expect(levelsOf(parsed) ?? LEVELS).toContain(parts.level);
        expect(servicesOf(parsed) ?? [parts.service]).toContain(parts.service);
      }
    }),
  );
});

it('names the values that must be there', () => {
  const parsed = parseQuery('level:(error OR fatal) service:auth resourceId:(a OR b)');
  expect(rollupFilter(parsed)).toMatchObject({
    levels: ['error', 'fatal'],
    services: ['auth'],
    resourceIds: ['a', 'b'],
  });
});

it('becomes SQL over the columns of the rollups', () => {
  const values: unknown[] = [];
  const filter = rollupFilter(parseQuery('level:error -service:auth'))!;
  const sql = rollupSql(filter, (value) => `$${values.push(value)}`);
  expect(sql).toBe('(level = ANY($1::smallint[]) AND NOT ((service = $2) IS TRUE))');
  expect(values).toEqual([[4], 'auth']);
});
