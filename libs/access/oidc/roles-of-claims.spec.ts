import { describe, expect, it } from '@jest/globals';
import { claimedPerson } from './claimed-person.ts';
import { roleOfClaims, type RoleRules } from './roles-of-claims.ts';

const RULES: RoleRules = {
  groupsClaim: 'groups',
  map: [
    { group: 'staff', role: 'viewer', services: null },
    { group: 'cart', role: 'editor', services: ['cart'] },
    { group: 'pay', role: 'editor', services: ['pay', 'cart'] },
    { group: 'ops', role: 'admin', services: null },
    { group: 'all', role: 'editor', services: null },
  ],
  defaultRole: null,
};

describe('the role of claims', () => {
  it.each([
    [['staff'], { role: 'viewer', services: null }],
    ['staff', { role: 'viewer', services: null }],
    [['staff', 'cart'], { role: 'editor', services: ['cart'] }],
    [['pay', 'cart'], { role: 'editor', services: ['cart', 'pay'] }],
    [['pay', 'all'], { role: 'editor', services: null }],
    [['cart', 'ops'], { role: 'admin', services: null }],
    [['Staff'], null],
    [[], null],
    [undefined, null],
    [[{ name: 'ops' }, 7, null], null],
    [{ ops: true }, null],
  ])('of groups %j is %j', (groups, expected) => {
    expect(roleOfClaims({ groups }, RULES)).toEqual(expected);
  });

  it('is the default one for those in none of the groups', () => {
    const rules: RoleRules = { ...RULES, defaultRole: 'viewer' };
    expect(roleOfClaims({}, rules)).toEqual({ role: 'viewer', services: null });
    expect(roleOfClaims({ groups: ['ops'] }, rules)?.role).toBe('admin');
  });

  it('may come from a claim within claims, or one whose name has dots', () => {
    const at = (groupsClaim: string): RoleRules => ({ ...RULES, groupsClaim });
    expect(roleOfClaims({ realm: { roles: ['ops'] } }, at('realm.roles'))?.role).toBe('admin');
    expect(roleOfClaims({ 'https://x.example/g': ['ops'] }, at('https://x.example/g'))?.role).toBe(
      'admin',
    );
    expect(roleOfClaims({ realm: 'x' }, at('realm.roles'))).toBeNull();
    expect(roleOfClaims({}, at('__proto__.constructor'))).toBeNull();
  });
});

describe('the person of claims', () => {
  it.each([
    [
      { sub: 's', preferred_username: 'ada', email: 'a@b' },
      { subject: 's', name: 'ada' },
    ],
    [
      { sub: 's', preferred_username: ' ', email: 'a@b' },
      { subject: 's', name: 'a@b' },
    ],
    [
      { sub: 's', client_id: 'robot' },
      { subject: 's', name: 'robot' },
    ],
    [{ sub: 's' }, { subject: 's', name: 's' }],
    [
      { sub: 's', name: '\u202e\u0000' },
      { subject: 's', name: 'unnamed' },
    ],
    [
      { sub: 's', name: 'x'.repeat(300) },
      { subject: 's', name: 'x'.repeat(64) },
    ],
    [{ name: 'ada' }, null],
    [{ sub: '' }, null],
    [{ sub: 7 }, null],
    [{ sub: 'x'.repeat(256) }, null],
  ])('of %j is %j', (claims, expected) => {
    expect(claimedPerson(claims)).toEqual(expected);
  });
});
