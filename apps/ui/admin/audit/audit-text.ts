import type { AuditEntry } from '../../api/audit-api.ts';
import { visibleText } from '../../results/visible-text.ts';

/** What is written down, in the order of the menu. */
export const AUDIT_ACTIONS = [
  'session.login',
  'session.logout',
  'session.revoke',
  'user.create',
  'user.update',
  'user.delete',
  'user.password',
  'token.create',
  'token.update',
  'token.rotate',
  'token.revoke',
  'events.export',
  'quarantine.replay',
  'quarantine.delete',
  'audit.export',
] as const;

export function actionName(action: string): string {
  const names: Readonly<Record<string, string>> = {
    'session.login': $localize`Signed in`,
    'session.logout': $localize`Signed out`,
    'session.revoke': $localize`Ended sessions`,
    'user.create': $localize`Added a user`,
    'user.update': $localize`Changed a user`,
    'user.delete': $localize`Deleted a user`,
    'user.password': $localize`Changed a password`,
    'token.create': $localize`Made a token`,
    'token.update': $localize`Changed a token`,
    'token.rotate': $localize`Rotated a token`,
    'token.revoke': $localize`Revoked a token`,
    'events.export': $localize`Exported events`,
    'quarantine.replay': $localize`Replayed quarantine`,
    'quarantine.delete': $localize`Deleted from quarantine`,
    'audit.export': $localize`Downloaded the audit log`,
  };
  return names[action] ?? action;
}

/** Members and values of the detail in one line. */
export function detailText({ detail }: AuditEntry): string {
  const told = Object.entries(detail).filter(([, value]) => value !== null);
  const parts = told.map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `${name} ${text}`;
  });
  return visibleText(parts.join(' · '));
}
