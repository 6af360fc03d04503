import { cleanText } from '#event';

/** By the specification (OpenID Connect Core 1.0, section 2). */
const LONGEST_SUBJECT = 255;
const LONGEST_NAME = 64;

/** Who the claims of a token are about. */
export interface ClaimedPerson {
  /** Unique at the provider, and never given to another. */
  readonly subject: string;
  /** For people. */
  readonly name: string;
}

/** Null where the claims name nobody. */
export function claimedPerson(claims: Readonly<Record<string, unknown>>): ClaimedPerson | null {
  const subject = claims['sub'];
  if (typeof subject !== 'string' || subject === '' || subject.length > LONGEST_SUBJECT)
    return null;
  const names = ['preferred_username', 'email', 'name', 'client_id', 'azp'];
  const given = names.map((name) => claims[name]).find(isText) ?? subject;
  const name = cleanText(given.replace(/\p{C}/gu, '').trim()).slice(0, LONGEST_NAME);
  return { subject, name: name === '' ? 'unnamed' : name };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
