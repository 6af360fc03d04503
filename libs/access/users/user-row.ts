import { MICROS_PER_MS, type Micros } from '#event';
import type { Role } from '../identity/identity.ts';
import type { User } from './user.ts';

export interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly services: string[] | null;
  readonly disabled: boolean;
  readonly has_password: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly last_login_at: Date | null;
}

/** The columns of a `UserRow`, which leaves out the hash: few places may see it. */
export const USER_COLUMNS = `id, name, role, services, disabled, password_hash IS NOT NULL AS has_password,
  created_at, updated_at, last_login_at`;

export function toUser(row: UserRow): User {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    services: row.services,
    disabled: row.disabled,
    hasPassword: row.has_password,
    createdAt: toMicros(row.created_at),
    updatedAt: toMicros(row.updated_at),
    lastLoginAt: row.last_login_at === null ? null : toMicros(row.last_login_at),
  };
}

export function toMicros(date: Date): Micros {
  return date.getTime() * MICROS_PER_MS;
}

export function toDate(time: Micros): Date {
  return new Date(time / MICROS_PER_MS);
}
