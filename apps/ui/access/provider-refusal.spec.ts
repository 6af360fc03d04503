import { describe, expect, it } from '@jest/globals';
import { providerRefusal } from './provider-refusal.ts';

describe('providerRefusal', () => {
  it.each([
    ['provider-away', 'does not answer'],
    ['not-begun', 'took too long'],
    ['no-role', 'none of your groups'],
    ['disabled', 'disabled'],
    ['too-many-users', 'as many users'],
    ['provider-refused', 'refused'],
    ['<b>anything</b>', 'Your organisation refused the sign-in.'],
  ])('explains %s', (code, text) => {
    const search = `?error=${encodeURIComponent(code)}`;
    expect(providerRefusal({ pathname: '/login', search })).toContain(text);
  });

  it('says nothing elsewhere', () => {
    expect(providerRefusal({ pathname: '/', search: '?error=no-role' })).toBeNull();
    expect(providerRefusal({ pathname: '/login', search: '' })).toBeNull();
  });
});
