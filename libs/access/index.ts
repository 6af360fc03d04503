export {
  actorOf,
  AUDIT_ACTIONS,
  AUDIT_OUTCOMES,
  SYSTEM,
  UNKNOWN_ACTOR,
  type AuditAction,
  type AuditActor,
  type AuditEntry,
  type AuditLog,
  type AuditOutcome,
  type StoredAuditEntry,
} from './audit/audit-log.ts';
export {
  PostgresAuditTrail,
  type AuditPage,
  type AuditSearch,
  type AuditTrail,
} from './audit/audit-trail.ts';
export { recordEntry } from './audit/record-entry.ts';
export type {
  AuthenticateOptions,
  Authentication,
  Authenticator,
  Credentials,
} from './identity/authenticator.ts';
export {
  ANONYMOUS,
  ROLES,
  type Identity,
  type IdentityKind,
  type Role,
} from './identity/identity.ts';
export { isAllowed, PERMISSIONS, permissionsOf, type Permission } from './identity/permissions.ts';
export * from './ingest-tokens/index.ts';
export { createExpireAccess, type ExpireAccessParts } from './expire-access.ts';
export type { LoginLimits } from './login/login-limits.ts';
export { Login, type LoginAttempt, type LoginOutcome } from './login/login.ts';
export { OWASP_COST, PasswordHasher } from './passwords/password-hasher.ts';
export { LONGEST_PASSWORD, passwordFault, SHORTEST_PASSWORD } from './passwords/password-rules.ts';
export { RememberedSessions } from './sessions/remembered-sessions.ts';
export { SessionAuthenticator } from './sessions/session-authenticator.ts';
export { clearSessionCookie, setSessionCookie } from './sessions/session-cookie.ts';
export { csrfToken } from './sessions/session-token.ts';
export type { Client, NewSession, Session, SessionLife } from './sessions/session.ts';
export { Sessions } from './sessions/sessions.ts';
export { ensureAdmin, FIRST_ADMIN } from './users/first-admin.ts';
export { LONGEST_USER_NAME, USER_NAME, USER_NAME_WORDS } from './users/user-name.ts';
export {
  identityOf,
  MOST_USERS,
  type DeleteOutcome,
  type User,
  type UserChange,
  type UserOutcome,
  type UserToAdd,
} from './users/user.ts';
export { Users, type ChangedBy } from './users/users.ts';
export * from './oidc/index.ts';
