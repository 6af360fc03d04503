/** Characters. */
export const SHORTEST_PASSWORD = 12;
/** Characters; more would only cost the time to hash them. */
export const LONGEST_PASSWORD = 256;

/**
 * Why a password may not be taken, as words that follow "it", or null. Length counts, not kinds of characters
 * (NIST SP 800-63B, 3.1.1.2).
 */
export function passwordFault(password: string, userName: string): string | null {
  const length = Array.from(password.normalize('NFKC')).length;
  if (length < SHORTEST_PASSWORD)
    return `has ${length} characters; take at least ${SHORTEST_PASSWORD}.`;
  if (length > LONGEST_PASSWORD)
    return `has ${length} characters; take at most ${LONGEST_PASSWORD}.`;
  if (new Set(password).size < 4) return 'has fewer than 4 different characters; take others.';
  if (password.toLowerCase().includes(userName.toLowerCase()) && userName.length >= 4) {
    return 'contains the name of the user; take another.';
  }
  return null;
}
