import { describe, expect, it } from '@jest/globals';
import { ANONYMOUS, type Identity, type Role } from './identity.ts';
import { isAllowed, PERMISSIONS, permissionsOf } from './permissions.ts';

const identity = (role: Role, services: readonly string[] | null = null): Identity => ({
  kind: 'user',
  id: 'u1',
  name: 'ada',
  role,
  services,
});

describe('permissions', () => {
  it('give an admin, and everybody while access control is off, all there is', () => {
    const all = Object.keys(PERMISSIONS);
    expect(permissionsOf(identity('admin'))).toEqual(all);
    expect(permissionsOf(ANONYMOUS)).toEqual(all);
  });

  it('let a viewer read, but neither export nor change what others see', () => {
    expect(permissionsOf(identity('viewer'))).toEqual([
      'events:read',
      'searches:read',
      'pipeline:read',
      'account:write',
      'docs:read',
    ]);
  });

  it('let an editor export and save', () => {
    const more = permissionsOf(identity('editor')).filter(
      (one) => !isAllowed(identity('viewer'), one),
    );
    expect(more).toEqual(['events:export', 'searches:write']);
  });

  it('give no account to whoever has none', () => {
    const bearer: Identity = { ...identity('admin'), kind: 'bearer' };
    expect(isAllowed(bearer, 'account:write')).toBe(false);
    expect(isAllowed(bearer, 'users:write')).toBe(true);
  });

  it('show what is not cut by service to nobody who is limited to services', () => {
    const limited = identity('editor', ['api']);
    expect(isAllowed(limited, 'events:read')).toBe(true);
    expect(isAllowed(limited, 'pipeline:read')).toBe(false);
    expect(isAllowed(identity('admin', []), 'quarantine:read')).toBe(false);
  });
});
