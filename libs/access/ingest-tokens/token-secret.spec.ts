import { describe, expect, it } from '@jest/globals';
import { tokenOf } from './credentials.ts';
import {
  formatToken,
  hashSecret,
  hasHash,
  newSecret,
  newTokenId,
  parseToken,
} from './token-secret.ts';

const TOKEN = { id: 'abcdefghij27', secret: 'A'.repeat(43) };
const TEXT = `pst_abcdefghij27_${'A'.repeat(43)}`;

describe('a token', () => {
  it('has a public id and a secret of 256 bits', () => {
    const token = { id: newTokenId(), secret: newSecret() };
    expect(parseToken(formatToken(token))).toEqual(token);
    expect(formatToken(TOKEN)).toBe(TEXT);
    expect(Buffer.from(token.secret, 'base64url')).toHaveLength(32);
    expect(newSecret()).not.toBe(token.secret);
  });

  it.each([
    [''],
    ['pst_'],
    [TEXT.slice(0, -1)],
    [`${TEXT}A`],
    [TEXT.replace('pst', 'PST')],
    [` ${TEXT}`],
    [`${TEXT}\n`],
    [TEXT.replace('A', '+')],
  ])('is not %j', (text) => {
    expect(parseToken(text)).toBeNull();
  });

  it('is known by the hash of its secret alone', () => {
    const secret = newSecret();
    const kept = hashSecret(secret);
    expect(kept).toHaveLength(32);
    expect(hasHash(secret, kept)).toBe(true);
    expect(hasHash(newSecret(), kept)).toBe(false);
    expect(hasHash('', kept)).toBe(false);
  });
});

describe('the Authorization header', () => {
  const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

  it.each([
    [`Bearer ${TEXT}`],
    [`bearer   ${TEXT} `],
    [basic(`:${TEXT}`)],
    [basic(`anybody:${TEXT}`)],
  ])('holds the token: %s', (header) => {
    expect(tokenOf(header)).toBe(TEXT);
  });

  it.each([
    [undefined],
    [''],
    ['Bearer'],
    ['Bearer '],
    ['Bearer two words'],
    [TEXT],
    [`Digest ${TEXT}`],
    [basic(TEXT)],
    [basic('user:')],
    ['Basic !!!'],
    [`Bearer ${'x'.repeat(2_000)}`],
  ])('holds none: %s', (header) => {
    expect(tokenOf(header)).toBeNull();
  });

  it('may have a password with colons', () => {
    expect(tokenOf(basic('user:a:b'))).toBe('a:b');
  });
});
