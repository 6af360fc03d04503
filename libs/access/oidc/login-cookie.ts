import { LOGIN_SECONDS } from './login-state.ts';

const NAME = 'penstock-oidc';

/** As with the cookie of a session: over TLS no neighbour domain can plant it. */
function cookieName(secure: boolean): string {
  return secure ? `__Host-${NAME}` : NAME;
}

/** What a browser kept of a login that it began, or null. */
export function loginStateIn(header: string | undefined, secure: boolean): string | null {
  const prefix = `${cookieName(secure)}=`;
  const pair = (header ?? '')
    .split(';')
    .map((one) => one.trim())
    .find((one) => one.startsWith(prefix));
  return pair === undefined ? null : pair.slice(prefix.length);
}

/** `Set-Cookie` that keeps it. Lax: the provider leads back by a link. */
export function setLoginState(sealed: string, secure: boolean): string {
  return cookie(sealed, LOGIN_SECONDS, secure);
}

/** `Set-Cookie` that takes it away. */
export function clearLoginState(secure: boolean): string {
  return cookie('', 0, secure);
}

function cookie(value: string, maxAgeSeconds: number, secure: boolean): string {
  const attributes = ['Path=/', 'HttpOnly', 'SameSite=Lax', `Max-Age=${maxAgeSeconds}`];
  return [`${cookieName(secure)}=${value}`, ...attributes, ...(secure ? ['Secure'] : [])].join(
    '; ',
  );
}
