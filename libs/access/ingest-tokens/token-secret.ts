import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** How a token begins: so that one that leaked is recognised by people and scanners. */
const PREFIX = 'pst_';
const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const ID_LENGTH = 12;
/** 256 bits. */
const SECRET_BYTES = 32;
const FORM = /^pst_([a-z2-7]{12})_([A-Za-z0-9_-]{43})$/;

/** A token as its owner holds it: `pst_<id>_<secret>`. */
export interface TokenText {
  /** Public: it is listed, logged and counted by. */
  readonly id: string;
  readonly secret: string;
}

/** Gives so many random bytes. */
export type RandomBytes = (size: number) => Uint8Array;

/** A new id: 60 random bits, as 12 letters and digits. */
export function newTokenId(random: RandomBytes = randomBytes): string {
  return Array.from(random(ID_LENGTH), (byte) => ID_ALPHABET[byte & 31]).join('');
}

/** A new secret: 256 random bits, in base64url. */
export function newSecret(random: RandomBytes = randomBytes): string {
  return Buffer.from(random(SECRET_BYTES)).toString('base64url');
}

export function formatToken({ id, secret }: TokenText): string {
  return `${PREFIX}${id}_${secret}`;
}

/** Null for what has not the form of a token. */
export function parseToken(text: string): TokenText | null {
  const [, id, secret] = FORM.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
}

/**
 * SHA-256. A slow hash such as argon2 makes guessing of short passwords expensive; nobody guesses 256 random bits, and
 * ingest computes this for each request.
 */
export function hashSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** Compares hashes in constant time. */
export function hasHash(secret: string, expected: Buffer): boolean {
  return timingSafeEqual(hashSecret(secret), expected);
}
