import { optional, setting } from './definition.ts';
import { addressList } from './address-list.ts';
import { durationBetween, integer, oneOf, text } from './setting-type.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Who may read and do what (docs/access.md). */
export const ACCESS_SETTINGS = {
  auth: optional({
    name: 'AUTH',
    usedBy: ['standalone', 'gateway'],
    type: oneOf('on', 'off'),
    description:
      'Access control of query API and page. Not set: on; with `npm start` off while it listens on loopback only.',
  }),
  adminPassword: optional({
    name: 'ADMIN_PASSWORD',
    usedBy: ['standalone', 'gateway'],
    type: text,
    description:
      'Password of the user `admin`, who is made when access control is on and there is no admin yet; later changes of it do nothing. Not set: one is made and shown once in the log.',
    secret: true,
  }),
  sessionIdle: setting({
    name: 'SESSION_IDLE',
    usedBy: ['standalone', 'gateway'],
    type: durationBetween('1m', '365d'),
    default: 12 * HOUR,
    description: 'How long a login lasts that is not used.',
  }),
  sessionLifetime: setting({
    name: 'SESSION_LIFETIME',
    usedBy: ['standalone', 'gateway'],
    type: durationBetween('1m', '365d'),
    default: 7 * DAY,
    description: 'How long a login lasts at most.',
  }),
  loginFailures: setting({
    name: 'LOGIN_FAILURES',
    usedBy: ['standalone', 'gateway'],
    type: integer(1, 1_000),
    default: 10,
    description:
      'Wrong passwords for one user name within LOGIN_LOCKOUT before its logins are refused for so long; ten times as many for one address.',
  }),
  loginLockout: setting({
    name: 'LOGIN_LOCKOUT',
    usedBy: ['standalone', 'gateway'],
    type: durationBetween('1s', '1d'),
    default: 15 * MINUTE,
    description: 'See LOGIN_FAILURES.',
  }),
  auditKeep: setting({
    name: 'AUDIT_KEEP',
    usedBy: ['standalone', 'keeper'],
    type: durationBetween('1d', '36500d'),
    default: 365 * DAY,
    description: 'How long the audit log is kept.',
  }),
  trustedProxies: setting({
    name: 'TRUSTED_PROXIES',
    usedBy: ['standalone', 'gateway'],
    type: addressList,
    default: [],
    description:
      'Addresses and networks of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed: by them the audit log and the limits of logins know the client, and cookies know of TLS.',
  }),
} as const;
