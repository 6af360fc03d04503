import { fieldToken, forEachWord, type LogEvent, type TokenField } from '#event';
import { filterOf } from './bloom-filter.ts';
import { HashSet } from './hash-set.ts';
import { endOf, escapesOf, isAbsent, textOf, type TextFormat } from './text-format.ts';
import { continueHash, FNV_OFFSET, FNV_PRIME, tokenHash } from './token-hash.ts';

/** In place of a character beyond ASCII. */
const BEYOND_ASCII = 1;
/**
 * For each UTF-16 unit, and so for each byte of UTF-8: lower case of the ASCII characters of a word, 0 for the other ASCII
 * characters. A look at a table for all costs less than a comparison before it.
 */
const WORD_CHARACTER = new Uint8Array(2 ** 16).fill(BEYOND_ASCII, 128);
for (const character of '0123456789_abcdefghijklmnopqrstuvwxyz') {
  WORD_CHARACTER[character.charCodeAt(0)] = character.charCodeAt(0);
  WORD_CHARACTER[character.toUpperCase().charCodeAt(0)] = character.charCodeAt(0);
}

/** The hash of `field=`, from which the hash of a value's token goes on. */
export function fieldState(field: TokenField): number {
  return tokenHash(fieldToken(field, ''));
}

const STATES = {
  resourceId: fieldState('resourceId'),
  traceId: fieldState('traceId'),
  spanId: fieldState('spanId'),
  commit: fieldState('commit'),
  service: fieldState('service'),
  parentResourceId: fieldState('parentResourceId'),
} as const satisfies Record<TokenField, number>;

/**
 * Collects the tokens of events (those of `forEachToken`) and makes their filter. Reusable: `build` empties it.
 * About 1 us per event.
 */
export class SkipFilterBuilder {
  private readonly hashes = new HashSet();
  private escapesSoFar = 0;
  private allAscii = true;

  /** Bytes that only say what the one behind them means, in all that was ever read. */
  get escapes(): number {
    return this.escapesSoFar;
  }

  /** Distinct tokens so far. */
  get tokens(): number {
    return this.hashes.size;
  }

  add(event: Pick<LogEvent, 'message' | TokenField>): void {
    this.addWords(event.message);
    // Named one by one: reading them by a variable name costs as much as hashing them.
    this.addText(STATES.resourceId, event.resourceId);
    this.addText(STATES.traceId, event.traceId);
    this.addText(STATES.spanId, event.spanId);
    this.addText(STATES.commit, event.commit);
    this.addText(STATES.service, event.service);
    this.addText(STATES.parentResourceId, event.parentResourceId);
  }

  /**
   * Adds the words of a message, as `add` does.
   *
   * @returns where the message ends
   */
  addMessage(bytes: Uint8Array, start: number, format: TextFormat): number {
    const { end, escape } = format;
    const { hashes } = this;
    let at = start;
    for (; at < bytes.length; at++) {
      let byte = bytes[at] as number;
      let lower = WORD_CHARACTER[byte] as number;
      if (lower > BEYOND_ASCII) {
        let hash = FNV_OFFSET;
        do {
          hash = Math.imul(hash ^ lower, FNV_PRIME);
          byte = ++at < bytes.length ? (bytes[at] as number) : end;
          lower = WORD_CHARACTER[byte] as number;
        } while (lower > BEYOND_ASCII);
        // What was begun of a word that goes on beyond ASCII is no word.
        if (lower !== BEYOND_ASCII) hashes.add(hash);
      }
      if (byte === end) return at;
      // What is escaped belongs to no word.
      if (byte === escape) {
        this.escapesSoFar++;
        at++;
      } else if (lower === BEYOND_ASCII) {
        const after = endOf(bytes, at, format);
        this.escapesSoFar += escapesOf(bytes, at, after, format);
        this.addUnicodeWords(textOf(bytes, start, after, format) ?? '');
        return after;
      }
    }
    return at;
  }

  /**
   * Adds a value of a field, as `add` does.
   *
   * @param state `fieldState` of the field: to look it up for each value would cost as much as to hash it
   * @returns where the value ends
   */
  addValue(state: number, bytes: Uint8Array, start: number, format: TextFormat): number {
    const { end, escape } = format;
    let hash = state;
    let at = start;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === end) break;
      if (byte >= 128 || byte === escape) {
        if (isAbsent(bytes, start, format)) return start + 2;
        const escaped = at;
        at = endOf(bytes, at, format);
        this.escapesSoFar += escapesOf(bytes, escaped, at, format);
        this.addText(state, textOf(bytes, start, at, format));
        return at;
      }
      hash = Math.imul(hash ^ byte, FNV_PRIME);
    }
    this.hashes.add(hash);
    return at;
  }

  /**
   * Reads a text that is not to be found: its escapes only.
   *
   * @returns where the text ends
   */
  passOver(bytes: Uint8Array, start: number, { end, escape }: TextFormat): number {
    let at = start;
    for (; at < bytes.length && bytes[at] !== end; at++) {
      if (bytes[at] === escape) {
        this.escapesSoFar++;
        at++;
      }
    }
    return at;
  }

  /** Whether all messages since the last `build` are ASCII. */
  get ascii(): boolean {
    return this.allAscii;
  }

  /** The filter over everything added since the last one. */
  build(): Buffer {
    const filter = filterOf(this.hashes.values());
    this.hashes.clear();
    this.allAscii = true;
    return filter;
  }

  private addText(state: number, value: string | null): void {
    if (value !== null) this.hashes.add(continueHash(state, value));
  }

  /** Hashes the words of ASCII text where they stand; a string for each word would cost several times as much. */
  private addWords(text: string): void {
    const { hashes } = this;
    const { length } = text;
    for (let at = 0; at < length; at++) {
      let lower = WORD_CHARACTER[text.charCodeAt(at)] as number;
      if (lower > BEYOND_ASCII) {
        let hash = FNV_OFFSET;
        do {
          hash = Math.imul(hash ^ lower, FNV_PRIME);
          lower = ++at < length ? (WORD_CHARACTER[text.charCodeAt(at)] as number) : 0;
        } while (lower > BEYOND_ASCII);
        if (lower !== BEYOND_ASCII) hashes.add(hash);
      }
      if (lower === BEYOND_ASCII) {
        this.addUnicodeWords(text);
        return;
      }
    }
  }

  private addUnicodeWords(text: string): void {
    this.allAscii = false;
    forEachWord(text, (word) => {
      this.hashes.add(tokenHash(word));
    });
  }
}
