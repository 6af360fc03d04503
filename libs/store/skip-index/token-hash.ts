/** FNV-1a with 32 bits, over UTF-16 units instead of bytes, so that no text has to be encoded. */
export const FNV_OFFSET = 0x811c9dc5 | 0;
export const FNV_PRIME = 0x01000193;

/** Hash of a token: a whole number from -2^31 to 2^31 - 1. */
export function tokenHash(token: string): number {
  return continueHash(FNV_OFFSET, token);
}

/** Hash of a text that follows what `state` is the hash of. */
export function continueHash(state: number, text: string): number {
  let hash = state;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  }
  return hash;
}

/** Spreads a hash over all 32 bits (the finaliser of MurmurHash3), since FNV leaves the high bits of short texts alike. */
export function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
