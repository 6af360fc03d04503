import type { Micros } from '#event';
import type { Identity, Role } from '../identity/identity.ts';

/** An account. */
export interface User {
  /** A UUID. */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** The only services whose events the user sees; null: all. Of an admin always null. */
  readonly services: readonly string[] | null;
  readonly disabled: boolean;
  /** Without it there is no login by password. */
  readonly hasPassword: boolean;
  readonly createdAt: Micros;
  readonly updatedAt: Micros;
  /** Null: never. */
  readonly lastLoginAt: Micros | null;
}

export interface UserToAdd {
  readonly name: string;
  readonly role: Role;
  readonly services: readonly string[] | null;
  readonly disabled: boolean;
  readonly password: string | null;
}

/** What changes; undefined leaves a thing as it is. */
export interface UserChange {
  readonly role?: Role | undefined;
  readonly services?: readonly string[] | null | undefined;
  readonly disabled?: boolean | undefined;
  readonly password?: string | undefined;
}

export type UserOutcome =
  | { readonly kind: 'saved'; readonly user: User }
  | { readonly kind: 'absent' }
  | { readonly kind: 'name-taken' }
  /** There are `MOST_USERS`. */
  | { readonly kind: 'full' }
  /** Nobody would be left who can change users. */
  | { readonly kind: 'last-admin' }
  /** An admin sees everything; a limit would say what is not so. */
  | { readonly kind: 'limited-admin' };

export type DeleteOutcome = 'deleted' | 'absent' | 'last-admin';

export const MOST_USERS = 10_000;

export function identityOf({ id, name, role, services }: User): Identity {
  return { kind: 'user', id, name, role, services };
}
