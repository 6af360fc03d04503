import { fieldToken, forEachWord, type LogEvent, type TokenField } from '#event';
import { addHash, createFilter } from './bloom-filter.ts';
import { HashSet } from './hash-set.ts';
import { continueHash, FNV_OFFSET, FNV_PRIME, tokenHash } from './token-hash.ts';

/** Lower case of the ASCII characters of a word, 0 for the other ASCII characters. */
const WORD_CHARACTER = new Uint8Array(128);
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

  /** The filter over everything added since the last one. */
  build(): Buffer {
    const filter = createFilter(this.hashes.size);
    this.hashes.forEach((hash) => {
      addHash(filter, hash);
    });
    this.hashes.clear();
    return filter;
  }

  private addValue(state: number, value: string | null): void {
    if (value !== null) this.hashes.add(continueHash(state, value));
  }

  /** Hashes the words of ASCII text where they stand; a string for each word would cost several times as much. */
  private addWords(text: string): void {
    const { hashes } = this;
    let hash = FNV_OFFSET;
    let inWord = false;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code > 127) {
        this.addUnicodeWords(text);
        return;
      }
      const lower = WORD_CHARACTER[code] ?? 0;
      if (lower !== 0) {
        hash = Math.imul(hash ^ lower, FNV_PRIME);
        inWord = true;
      } else if (inWord) {
        hashes.add(hash);
        hash = FNV_OFFSET;
        inWord = false;
      }
    }
    if (inWord) hashes.add(hash);
  }

  private addUnicodeWords(text: string): void {
    forEachWord(text, (word) => {
      this.hashes.add(tokenHash(word));
    });
  }
}
