const NAME = 'penstock-session';

/**
 * `__Host-` makes browsers take the cookie only over TLS, for this host alone and for all its paths (RFC 6265bis,
 * 4.1.3.2), so that a neighbour domain cannot plant one. Plain HTTP cannot have it.
 */
function cookieName(secure: boolean): string {
  return secure ? `__Host-${NAME}` : NAME;
}

/** The token in a `Cookie` header, or null. */
export function sessionTokenIn(header: string | undefined, secure: boolean): string | null {
  const name = cookieName(secure);
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}

/** `Set-Cookie` that hands over a token. Lax: a link from elsewhere opens the page logged in, a form does not. */
export function setSessionCookie(token: string, maxAgeSeconds: number, secure: boolean): string {
  const attributes = ['Path=/', 'HttpOnly', 'SameSite=Lax', `Max-Age=${maxAgeSeconds}`];
  return [`${cookieName(secure)}=${token}`, ...attributes, ...(secure ? ['Secure'] : [])].join(
    '; ',
  );
}

/** `Set-Cookie` that takes it away. */
export function clearSessionCookie(secure: boolean): string {
  return setSessionCookie('', 0, secure);
}
