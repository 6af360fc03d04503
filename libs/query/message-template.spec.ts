import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { messageTemplate, templateQuery } from './message-template.ts';
import { parseQuery } from './parse-query.ts';
import { buildEvent } from './testing/build-event.ts';
import { toPredicate } from './predicate/to-predicate.ts';

describe('messageTemplate', () => {
  it.each([
    ['Charged payment 77632', 'Charged payment <*>'],
    ['retry 2 of 5', 'retry <*> of <*>'],
    ['from 10.251.73.220:42557 to /10.250.19.102', 'from <*> to /<*>'],
    ['block blk_-1608999687919862906 added', 'block blk_-<*> added'],
    ['trace 92857201962412fd0429d8a4d577e18a ended', 'trace <*> ended'],
    ['id 3f2a6c1e-9b1d-4c57-8a77-0f8f2a3c4d5e', 'id <*>'],
    ['at 2023-09-15T08:00:00.123Z, 0xDEADbeef', 'at <*>, <*>'],
    ['user17 logged in', 'user<*> logged in'],
    ['deadbeef is a word, feedfacecafe too', 'deadbeef is a word, feedfacecafe too'],
    ['took 12,345.6 ms', 'took <*> ms'],
    ['', ''],
  ])('masks %j as %j', (message, template) => {
    expect(messageTemplate(message)).toBe(template);
  });

  it('compares the beginning of long messages', () => {
    const long = `begin ${'x'.repeat(5_000)}`;
    expect(messageTemplate(`${long}a`)).toBe(messageTemplate(`${long}b`));
    expect(messageTemplate(long).length).toBeLessThan(1_100);
  });

  it('takes a time in proportion to the length', () => {
    const hostile = `${'0'.repeat(500)}${'a1-'.repeat(100_000)}`;
    expect(messageTemplate(hostile).length).toBeLessThan(1_100);
  });
});

describe('templateQuery', () => {
  it.each([
    ['Charged payment <*>', '"Charged payment"'],
    ['retry <*> of <*> for user<*>: failed', '"failed" "for" "of" "retry"'.split(' ')],
    ['<*>', null],
    ['user<*>', null],
  ])('asks for the whole words of %j', (template, expected) => {
    const query = templateQuery(template);
    if (Array.isArray(expected)) expect(query?.split(' ').sort()).toEqual([...expected].sort());
    else expect(query).toBe(expected);
  });

  it('finds every message of its template', () => {
    const part = fc.constantFrom('user', 'of ', ' failed: ', '17', '0xff', ' "x" ', '-', 'é', '…');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const message = parts.join('');
        const query = templateQuery(messageTemplate(message));
        if (query === null) return;
        expect(toPredicate(parseQuery(query))(buildEvent({ message }))).toBe(true);
      }),
    );
  });
});
