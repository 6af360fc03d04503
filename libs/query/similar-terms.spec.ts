import { describe, expect, it } from '@jest/globals';
import { parseQuery } from './parse-query.ts';
import { similarTerms } from './similar-terms.ts';

describe('similarTerms', () => {
  it.each([
    ['conection refsed', 'conection refsed', ''],
    ['"failed to conect"', 'failed to conect', ''],
    ['timeout timeout', 'timeout', ''],
    ['timeout OR (refused reset)', 'timeout refused reset', ''],
    ['timeout level:error service:api', 'timeout', 'level:error service:api'],
    ['timeout -retry', 'timeout', '-retry'],
    ['timeout (refused OR level:error)', 'timeout', 'refused OR level:error'],
    ['timeout conn*', 'timeout', 'conn*'],
    ['message:/time.?out/', '', 'message:/time.?out/'],
    ['', '', ''],
    ['level:error', '', 'level:error'],
  ])('%s: words %s, filter %s', (text, words, filter) => {
    const found = similarTerms(parseQuery(text));
    expect(found.words.join(' ')).toBe(words);
    expect(found.filter).toEqual(parseQuery(filter));
  });
});
