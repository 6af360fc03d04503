import { describe, expect, it } from '@jest/globals';
import { PasswordHasher } from './password-hasher.ts';
import { passwordFault } from './password-rules.ts';
import { formatPhc, parsePhc } from './phc.ts';

const CHEAP = { memoryKib: 64, passes: 1, parallelism: 1 };
const hasher = new PasswordHasher(CHEAP);

describe('passwords', () => {
  it('are kept as Argon2id with its cost and a salt of their own', async () => {
    const [one, other] = [await hasher.hash('correct horse'), await hasher.hash('correct horse')];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(other).not.toBe(one);
  });

  it('match what they were made of, and nothing else', async () => {
    const phc = await hasher.hash('correct horse');
    expect(await hasher.check('correct horse', phc)).toEqual({ matches: true, outdated: false });
    for (const wrong of ['correct horsf', 'correct hors', '', 'correct horse '])
      expect(await hasher.check(wrong, phc)).toEqual({ matches: false, outdated: false });
  });

  it('match however the same characters were typed', async () => {
    const phc = await hasher.hash('na\u00efve caf\u00e9 latte');
    expect(await hasher.check('nai\u0308ve cafe\u0301 latte', phc)).toMatchObject({
      matches: true,
    });
  });

  it('are hashed again when the cost has changed', async () => {
    const phc = await hasher.hash('correct horse');
    const dearer = new PasswordHasher({ ...CHEAP, passes: 2 });
    expect(await dearer.check('correct horse', phc)).toEqual({ matches: true, outdated: true });
    expect(await dearer.check('wrong', phc)).toEqual({ matches: false, outdated: false });
  });

  it('match nobody where there is none, or it cannot be read', async () => {
    for (const phc of [null, '', '$2b$10$abcdefghijklmnopqrstuv'])
      expect(await hasher.check('x', phc)).toEqual({ matches: false, outdated: false });
  });

  // Made by the reference implementation: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32 (RFC 9106).
  it('are checked against hashes of other programs', async () => {
    const phc =
      '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    expect(await hasher.check('password', phc)).toEqual({ matches: true, outdated: true });
  });

  it('are the same after they were written as text', () => {
    const hash = { ...CHEAP, salt: Buffer.from('0123456789abcdef'), tag: Buffer.alloc(32, 7) };
    expect(parsePhc(formatPhc(hash))).toEqual(hash);
  });
});

describe('a new password', () => {
  it.each([
    ['short', 'has 5 characters; take at least 12.'],
    ['x'.repeat(257), 'has 257 characters; take at most 256.'],
    ['abababababab', 'has fewer than 4 different characters; take others.'],
    ['I am Lovelace!', 'contains the name of the user; take another.'],
  ])('%j is refused', (password, fault) => {
    expect(passwordFault(password, 'lovelace')).toBe(fault);
  });

  it.each([
    'correct horse battery',
    'x2!x2!x2!x2?',
    '\u{1f600}\u{1f601}\u{1f602}\u{1f603}'.repeat(3),
  ])('%j is taken', (password) => {
    expect(passwordFault(password, 'ada')).toBeNull();
  });
});
