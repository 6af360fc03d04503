import { expect, it } from '@jest/globals';
import { AUDIT_ACTIONS as KNOWN } from '../../../../libs/access/audit/audit-log.ts';
import { actionName, AUDIT_ACTIONS, detailText } from './audit-text.ts';

it('offers every action that is written down, with a name', () => {
  expect([...AUDIT_ACTIONS].sort()).toEqual([...KNOWN].sort());
  for (const action of AUDIT_ACTIONS) expect(actionName(action)).not.toBe(action);
});

it('tells the detail in one line, without what would deceive', () => {
  const entry = {
    id: '1',
    at: '2024-01-01T00:00:00.000000Z',
    actor: { kind: 'user', id: 'a', name: 'admin' },
    action: 'user.update',
    target: 'vito',
    address: null,
    outcome: 'ok',
    detail: { role: 'admin', services: ['a', 'b'], note: 'x\u202ey' },
  } as const;
  expect(detailText(entry)).toBe('role admin · services ["a","b"] · note x⟨U+202E⟩y');
  expect(detailText({ ...entry, detail: {} })).toBe('');
});
