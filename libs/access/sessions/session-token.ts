import { createHash, randomBytes } from 'node:crypto';

/** 256 bits: guessing one is out of reach, so that a plain hash of it is enough to keep. */
const TOKEN_BYTES = 32;

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** What a browser holds for its session: base64url. */
export function newSessionToken(random: (bytes: number) => Buffer = randomBytes): string {
  return random(TOKEN_BYTES).toString('base64url');
}

export function isSessionToken(text: string): boolean {
  return TOKEN.test(text);
}

/** What is stored in place of the token. */
export function sessionTokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/**
 * What a page of ours must send back with each change: a value bound to the session that only a page of our origin can
 * read, and that cannot be made without the token, which no script sees (OWASP, Cross-Site Request Forgery
 * Prevention, "Signed Double-Submit Cookie"; here the server needs to keep nothing).
 */
export function csrfToken(token: string): string {
  return createHash('sha256').update(`csrf\n${token}`).digest('base64url');
}
