import { describe, expect, it } from '@jest/globals';
import { parseQuery } from './parse-query.ts';
import { requiredTokens, type TokenRequirement } from './required-tokens.ts';

/** `a & (b | c)`; `?` where nothing is certain. */
function shown(requirement: TokenRequirement): string {
  switch (requirement.kind) {
    case 'unknown':
      return '?';
    case 'token':
      return requirement.token;
    case 'all':
      return requirement.of.map(shown).join(' & ');
    case 'any':
      return `(${requirement.of.map(shown).join(' | ')})`;
  }
}

describe('the tokens that every matching event has', () => {
  it.each([
    ['', '?'],
    ['Failed', 'failed'],
    ['"failed to connect"', 'failed & to & connect'],
    ['failed connect', 'failed & connect'],
    ['failed OR connect', '(failed | connect)'],
    ['failed OR level:error', '?'],
    ['failed level:error', 'failed'],
    ['-failed', '?'],
    ['-failed connect', 'connect'],
    ['message:*failed*', '?'],
    ['message:"*ailed to connec*"', 'to'],
    ['message:"failed to c*"', 'failed & to'],
    ['message:"*d to connect"', 'to & connect'],
    ['message:conn*', '?'],
    ['message:"in disk*full now"', 'in & now'],
    ['οδος kelvin', 'kelvin'],
    ['traceId:abc', 'traceId=abc'],
    ['service:(api OR web)', '(service=api | service=web)'],
    ['service:a*', '?'],
    ['service:*', '?'],
    ['eventType:login', '?'],
    ['metadata.parentResourceId:server-0987', 'parentResourceId=server-0987'],
    ['metadata.x:y', '?'],
    ['message:/failed/', '?'],
    ['message:/ to connect to /', 'to & connect & to'],
    ['message:/^failed to/', 'failed'],
    ['message:/failed to DB$/', 'to & db'],
    ['message:/ (to|from) db:/', 'db'],
    ['message:/ a | b /', '(a | b)'],
    ['message:/( to )+/', 'to'],
    ['message:/( to )*/', '?'],
    ['message:/ is /', '(is | iſ)'],
    ['message:/ (?-i:is) /', 'is'],
    ['message:/\\bto\\b/', '?'],
    ['message:/ t.o /', '?'],
    ['service:/ to /', '?'],
  ])('%s: %s', (text, expected) => {
    expect(shown(requiredTokens(parseQuery(text)))).toBe(expected);
  });
});
