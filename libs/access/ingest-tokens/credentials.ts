/** A token has 60 characters; what is much longer is none. */
const LONGEST_HEADER = 1_024;
const BEARER = /^bearer +(\S+)\s*$/i;
const BASIC = /^basic +([A-Za-z0-9+/=_-]+)\s*$/i;

/**
 * The token in an `Authorization` header: after `Bearer` (RFC 6750), or as the password of `Basic` (RFC 7617) with any
 * user name, for senders that know nothing else. Null where there is none.
 */
export function tokenOf(authorization: string | undefined): string | null {
  if (authorization === undefined || authorization.length > LONGEST_HEADER) return null;
  const bearer = BEARER.exec(authorization)?.[1];
  if (bearer !== undefined) return bearer;
  const basic = BASIC.exec(authorization)?.[1];
  if (basic === undefined) return null;
  const pair = Buffer.from(basic, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const password = colon < 0 ? '' : pair.slice(colon + 1);
  return password === '' ? null : password;
}
