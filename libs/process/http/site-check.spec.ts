import { describe, expect, it } from '@jest/globals';
import { siteCheck } from './site-check.ts';

describe('siteCheck', () => {
  const isServed = siteCheck(['Logs.example.org']);
  const post = (headers: Readonly<Record<string, string>>): boolean =>
    isServed({ method: 'POST', headers: { host: '192.168.1.5:3000', ...headers } });

  it.each([
    {},
    { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:3000' },
    { 'sec-fetch-site': 'none' },
    { origin: 'http://192.168.1.5:3000' },
    { host: 'Logs.Internal', origin: 'https://logs.internal' },
    { host: 'upstream:3000', origin: 'https://logs.example.org' },
    { 'sec-fetch-site': 'cross-site', origin: 'https://logs.example.org' },
    { origin: 'https://app.example.org', authorization: 'Bearer pst_1' },
  ])('serves a change with %p', (headers) => {
    expect(post(headers)).toBe(true);
  });

  it.each([
    { 'sec-fetch-site': 'cross-site', origin: 'http://192.168.1.5:3000' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'http://evil.example' },
    { origin: 'http://192.168.1.5:3001' },
    { origin: 'null' },
    { origin: 'http://logs.example.org.evil.example' },
  ])('refuses a change with %p', (headers) => {
    expect(post(headers)).toBe(false);
  });

  it('serves what changes nothing, and every site where all hosts are allowed', () => {
    const headers = { host: 'localhost', origin: 'http://evil.example' };
    expect(isServed({ method: 'GET', headers })).toBe(true);
    expect(siteCheck(['*'])({ method: 'POST', headers })).toBe(true);
  });
});
