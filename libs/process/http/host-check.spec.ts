import { describe, expect, it } from '@jest/globals';
import { hostCheck } from './host-check.ts';

describe('hostCheck', () => {
  const isServed = hostCheck(['Logs.example.org']);

  it.each([
    'localhost',
    'localhost:3000',
    'LOCALHOST.',
    'app.localhost:3000',
    '127.0.0.1:3000',
    '192.168.1.5',
    '[::1]:3000',
    '[::1]',
    'logs.example.org:443',
    undefined,
  ])('serves %s', (host) => {
    expect(isServed(host)).toBe(true);
  });

  it.each([
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example',
    'logs.example.org.evil.example',
    '127.0.0.1.evil.example',
    '',
    '[evil]:3000',
  ])('refuses %s', (host) => {
    expect(isServed(host)).toBe(false);
  });

  it('serves every host where all are allowed', () => {
    expect(hostCheck(['*'])('evil.example')).toBe(true);
  });
});
