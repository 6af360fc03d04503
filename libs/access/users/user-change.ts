import type { JsonObject } from '#event';
import type { User, UserChange } from './user.ts';

type Changeable = Pick<User, 'role' | 'services' | 'disabled'>;

/** What a user is after a change. */
export function changeOf(user: User, { role, services, disabled }: UserChange): Changeable {
  return {
    role: role ?? user.role,
    services: services === undefined ? user.services : services,
    disabled: disabled ?? user.disabled,
  };
}

/** Whoever is logged in goes on with nothing that was taken away, and after a change of password not at all. */
export function endsSessions(before: Changeable, after: Changeable, change: UserChange): boolean {
  return change.password !== undefined || Object.keys(differences(before, after)).length > 0;
}

/** For the audit log: what is other than before. Never the password, only that there is a new one. */
export function describeChange(
  before: Changeable,
  after: Changeable,
  change: UserChange,
): JsonObject {
  return {
    ...differences(before, after),
    ...(change.password !== undefined && { password: 'changed' }),
  };
}

function differences(before: Changeable, after: Changeable): JsonObject {
  const names = ['role', 'services', 'disabled'] as const;
  const changed = names.filter((name) => !same(before[name], after[name]));
  return Object.fromEntries(
    changed.map((name) => [name, { from: plain(before[name]), to: plain(after[name]) }]),
  );
}

function same(one: Changeable[keyof Changeable], other: Changeable[keyof Changeable]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function plain(value: Changeable[keyof Changeable]) {
  return typeof value === 'string' || typeof value === 'boolean' || value === null
    ? value
    : [...value];
}
