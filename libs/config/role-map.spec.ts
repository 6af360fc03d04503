import { describe, expect, it } from '@jest/globals';
import { roleMap } from './role-map.ts';

describe('roles of groups', () => {
  it.each([
    ['ops=admin', [{ group: 'ops', role: 'admin', services: null }]],
    [
      ' ops = admin , shop=editor:cart|check out ',
      [
        { group: 'ops', role: 'admin', services: null },
        { group: 'shop', role: 'editor', services: ['cart', 'check out'] },
      ],
    ],
    ['cn=ops,dc=example=admin;', [{ group: 'cn=ops,dc=example', role: 'admin', services: null }]],
    ['a=b=viewer:x=y', [{ group: 'a=b', role: 'viewer', services: ['x=y'] }]],
  ])('are read from %j', (text, expected) => {
    const parsed = roleMap.parse(text);
    expect(parsed).toEqual({ ok: true, value: expected });
    if (parsed.ok) expect(roleMap.parse(`${roleMap.format(parsed.value)};`)).toEqual(parsed);
  });

  it.each([
    ['ops'],
    ['ops='],
    ['=admin'],
    ['ops=root'],
    ['ops=admin:cart'],
    ['ops=viewer:'],
    ['ops=viewer:a||b'],
    [','],
    ['ops=admin, x'],
  ])('are not read from %j', (text) => {
    expect(roleMap.parse(text).ok).toBe(false);
  });
});
