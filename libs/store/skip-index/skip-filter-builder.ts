import { fieldToken, forEachWord, type LogEvent, type TokenField } from '#event';
import { filterOf } from './bloom-filter.ts';
import { HashSet } from './hash-set.ts';
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

/** For each field, the hash of `field=`, from which the hash of a value's token goes on. */
const STATES = {
  resourceId: stateOf('resourceId'),
  traceId: stateOf('traceId'),
  spanId: stateOf('spanId'),
  commit: stateOf('commit'),
  service: stateOf('service'),
  parentResourceId: stateOf('parentResourceId'),
} as const satisfies Record<TokenField, number>;

function stateOf(field: TokenField): number {
  return tokenHash(fieldToken(field, ''));
}

/**
 * Collects the tokens of events (those of `forEachToken`) and makes their filter. Reusable: `build` empties it.
 * About 1 us per event.
 */
export class SkipFilterBuilder {
  private readonly hashes = new HashSet();

  /** Distinct tokens so far. */
  get tokens(): number {
    return this.hashes.size;
  }

  add(event: Pick<LogEvent, 'message' | TokenField>): void {
    this.addWords(event.message);
    // Named one by one: reading them by a variable name costs as much as hashing them.
    this.addValue(STATES.resourceId, event.resourceId);
    this.addValue(STATES.traceId, event.traceId);
    this.addValue(STATES.spanId, event.spanId);
    this.addValue(STATES.commit, event.commit);
    this.addValue(STATES.service, event.service);
    this.addValue(STATES.parentResourceId, event.parentResourceId);
  }

  /**
   * Adds the words of messages in UTF-8 with NUL between them, as `add` does for one.
   *
   * @returns whether all of them are ASCII
   */
  addMessages(messages: Uint8Array): boolean {
    const { hashes } = this;
    let ascii = true;
    for (let at = 0; at < messages.length; at++) {
      let lower = WORD_CHARACTER[messages[at] ?? 0] ?? 0;
      if (lower > BEYOND_ASCII) {
        let hash = FNV_OFFSET;
        do {
          hash = Math.imul(hash ^ lower, FNV_PRIME);
          lower = WORD_CHARACTER[messages[++at] ?? 0] ?? 0;
        } while (lower > BEYOND_ASCII);
        // What was begun of a word that goes on beyond ASCII is no word.
        if (lower !== BEYOND_ASCII) hashes.add(hash);
      }
      if (lower === BEYOND_ASCII) {
        ascii = false;
        const end = endOf(messages, at);
        this.addUnicodeWords(textOf(messages, at, end));
        at = end;
      }
    }
    return ascii;
  }

  /** Adds values of a field in UTF-8 with NUL between them, at least one. */
  addValues(field: TokenField, values: Uint8Array): void {
    const state = STATES[field];
    let hash: number = state;
    for (let at = 0; at < values.length; at++) {
      const byte = values[at] ?? 0;
      if (byte === 0) {
        this.hashes.add(hash);
        hash = state;
      } else if (byte < 128) hash = Math.imul(hash ^ byte, FNV_PRIME);
      else {
        const end = endOf(values, at);
        hash = continueHash(state, textOf(values, at, end));
        at = end - 1;
      }
    }
    this.hashes.add(hash);
  }

  /** The filter over everything added since the last one. */
  build(): Buffer {
    const filter = filterOf(this.hashes.values());
    this.hashes.clear();
    return filter;
  }

  private addValue(state: number, value: string | null): void {
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
    forEachWord(text, (word) => {
      this.hashes.add(tokenHash(word));
    });
  }
}

/** Where the text that the position is in ends. */
function endOf(texts: Uint8Array, at: number): number {
  const end = texts.indexOf(0, at);
  return end < 0 ? texts.length : end;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** The whole text that the position is in. */
function textOf(texts: Uint8Array, at: number, end: number): string {
  return utf8.decode(texts.subarray(texts.lastIndexOf(0, at) + 1, end));
}
