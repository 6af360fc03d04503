import { cleanText } from './clean-text.ts';

const LONGEST = 80;

/** A value as it may stand in a reason: JSON text, clean, cut to a readable length. */
export function quote(value: unknown): string {
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? 'an array' : 'an object';
  if (typeof value !== 'string') return String(value);
  const cut = value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
  return JSON.stringify(cleanText(cut));
}
