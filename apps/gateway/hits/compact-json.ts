/** A string of JSON, or the space that `jsonb` writes after a comma or a colon. */
const STRING_OR_SPACED = /("[^"\\]*(?:\\.[^"\\]*)*")|([,:]) /g;

/** JSON text of Postgres without the spaces between its parts; numbers keep all their digits. */
export function compactJson(text: string): string {
  return text.includes(' ') ? text.replace(STRING_OR_SPACED, '$1$2') : text;
}
