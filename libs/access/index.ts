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
export { PostgresAuditLog } from './audit/postgres-audit-log.ts';
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
