import type { SettingType } from './setting-type.ts';

/** What the members of a group may do. */
export interface GroupRole {
  readonly group: string;
  readonly role: 'viewer' | 'editor' | 'admin';
  /** The only services whose events they see; null: all. */
  readonly services: readonly string[] | null;
}

export const ROLE_NAMES = ['viewer', 'editor', 'admin'] as const;

const EXAMPLE = 'ops=admin, shop=editor:cart|checkout, staff=viewer';
const COMPLAINT = `is not a list like ${EXAMPLE} (roles viewer, editor and admin; an admin has no services)`;

/**
 * `group=role`, or `group=role:service|service`, separated by commas; by semicolons where there is one, for names of
 * groups that hold commas (`cn=ops,dc=example=admin;`). The role stands after the last `=`.
 */
export const roleMap: SettingType<readonly GroupRole[]> = {
  label: `list, as \`${EXAMPLE}\``,
  parse(value) {
    const entries = value
      .split(value.includes(';') ? ';' : ',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
    const parsed = entries.map(parseEntry);
    const valid = parsed.filter((entry) => entry !== null);
    return valid.length === parsed.length && valid.length > 0
      ? { ok: true, value: valid }
      : { ok: false, reason: COMPLAINT };
  },
  format: (map) =>
    map
      .map(({ group, role, services }) =>
        services === null ? `${group}=${role}` : `${group}=${role}:${services.join('|')}`,
      )
      .join('; '),
};

function parseEntry(entry: string): GroupRole | null {
  const match = /^(.+)=\s*(viewer|editor|admin)\s*(?::(.*))?$/s.exec(entry);
  const [, group = '', role, list] = match ?? [];
  const name = ROLE_NAMES.find((known) => known === role);
  if (name === undefined || group.trim() === '') return null;
  if (list === undefined) return { group: group.trim(), role: name, services: null };
  const services = list.split('|').map((service) => service.trim());
  if (name === 'admin' || services.includes('')) return null;
  return { group: group.trim(), role: name, services };
}
