import type { Role } from '../identity/identity.ts';

/** What the members of a group may do. */
export interface GroupRole {
  readonly group: string;
  readonly role: Role;
  /** Null: all. */
  readonly services: readonly string[] | null;
}

export interface RoleRules {
  /** A claim, or a path of claims with dots between. */
  readonly groupsClaim: string;
  readonly map: readonly GroupRole[];
  /** Of those in none of the groups; null: they have none. */
  readonly defaultRole: Role | null;
}

export interface GrantedRole {
  readonly role: Role;
  readonly services: readonly string[] | null;
}

const RANK: Readonly<Record<Role, number>> = { viewer: 0, editor: 1, admin: 2 };

/** The role that claims give, or null for none: the highest of all groups, with the services of all that give it. */
export function roleOfClaims(
  claims: Readonly<Record<string, unknown>>,
  { groupsClaim, map, defaultRole }: RoleRules,
): GrantedRole | null {
  const groups = new Set(groupsIn(claims, groupsClaim));
  const given = map.filter(({ group }) => groups.has(group));
  const [first] = [...given].sort((a, b) => RANK[b.role] - RANK[a.role]);
  if (first === undefined) return defaultRole && { role: defaultRole, services: null };
  const lists = given.filter(({ role }) => role === first.role).map(({ services }) => services);
  const services = lists.some((list) => list === null)
    ? null
    : [...new Set(lists.flatMap((list) => list ?? []))].sort();
  return { role: first.role, services };
}

function groupsIn(claims: Readonly<Record<string, unknown>>, claim: string): string[] {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : atPath(claims, claim.split('.'));
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((group) => typeof group === 'string');
}

function atPath(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name)
        ? (inner as Readonly<Record<string, unknown>>)[name]
        : undefined,
    value,
  );
}
