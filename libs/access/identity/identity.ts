/** What somebody may do: a viewer reads, an editor also saves searches and exports, an admin does everything. */
export const ROLES = ['viewer', 'editor', 'admin'] as const;

export type Role = (typeof ROLES)[number];

/**
 * `anonymous`: access control is off. `user`: somebody who has an account here. `bearer`: whoever sent a signed token of
 * the identity provider.
 */
export type IdentityKind = 'anonymous' | 'user' | 'bearer';

/** Who a request comes from, whatever way it was found out. */
export interface Identity {
  readonly kind: IdentityKind;
  /** Never changes and is never given to another; of a user the UUID of the account. */
  readonly id: string;
  /** For people; may change. */
  readonly name: string;
  readonly role: Role;
  /** The only services whose events are seen; null: all events, also those without a service. */
  readonly services: readonly string[] | null;
}

/** Everybody, while access control is off. */
export const ANONYMOUS: Identity = {
  kind: 'anonymous',
  id: 'anonymous',
  name: 'anonymous',
  role: 'admin',
  services: null,
};
