export const LONGEST_USER_NAME = 64;

/** Letters, digits and what e-mail addresses have, so that no name looks empty or like another. */
export const USER_NAME = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._@+-]{0,63}$/u;

export const USER_NAME_WORDS =
  'it must begin with a letter or digit, go on with letters, digits and . _ @ + -, and have at most 64 characters.';

/** The name as it is compared: without case, and with one form of each character. */
export function userNameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
