import type { Level, Micros } from '#event';

/**
 * What a query means, after parsing and normalisation. Every engine (predicate, SQL, later Meilisearch and
 * DuckDB) translates this one tree, so that all agree.
 */
export type Query =
  | { readonly kind: 'all' }
  | { readonly kind: 'and'; readonly operands: readonly Query[] }
  | { readonly kind: 'or'; readonly operands: readonly Query[] }
  | { readonly kind: 'not'; readonly operand: Query }
  | MessageTerm
  | LevelTerm
  | TimeTerm
  | FieldTerm;

/** A condition on the text of `message`; always ignores case. Texts are folded by `foldCase`. */
export type MessageTerm =
  /** The words occur one after the other; what stands between words does not matter. */
  | { readonly kind: 'phrase'; readonly words: readonly string[] }
  /** A substring anywhere. */
  | { readonly kind: 'message-contains'; readonly text: string }
  /** Some word begins (`prefix`) or ends (`suffix`) with the text; a text of several words does so at that end. */
  | { readonly kind: 'word-affix'; readonly affix: 'prefix' | 'suffix'; readonly text: string }
  /**
   * The parts occur in order with anything between them, as in a field's `wildcard`: a first part that is not
   * empty begins at a word's begin, a last part that is not empty ends at a word's end.
   */
  | { readonly kind: 'message-wildcard'; readonly parts: readonly string[] }
  /** The whole message equals the text (`/logs/filter/` with `equals`). */
  | { readonly kind: 'message-equals'; readonly text: string };

/** Levels that match, as a set; `level:>=warn` is `['warn','error','fatal']`. */
export interface LevelTerm {
  readonly kind: 'level';
  readonly levels: readonly Level[];
}

export interface TimeTerm {
  readonly kind: 'time';
  /** Inclusive; null is open. Exclusive bounds are normalised by one microsecond. */
  readonly from: Micros | null;
  /** Inclusive; null is open. */
  readonly to: Micros | null;
}

/** A field of an event other than message, level and timestamp. */
export type FieldRef =
  | {
      readonly kind: 'column';
      readonly name:
        | 'resourceId'
        | 'traceId'
        | 'spanId'
        | 'commit'
        | 'service'
        | 'eventType'
        | 'levelText'
        | 'parentResourceId'
        | 'message';
    }
  /** `metadata.a.b`: the nested path and the flat key "a.b"; of an array any element. */
  | { readonly kind: 'metadata'; readonly path: readonly string[] };

export type CompareOperator = '<' | '<=' | '>' | '>=';

export interface RangeBound {
  readonly value: string;
  readonly inclusive: boolean;
}

/** A condition on a value; a missing field matches no term (so its negation matches). */
export type FieldTerm =
  | { readonly kind: 'exists'; readonly field: FieldRef }
  /** The whole value; exact and case-sensitive unless `ignoreCase`. */
  | {
      readonly kind: 'equals';
      readonly field: FieldRef;
      readonly value: string;
      readonly ignoreCase: boolean;
    }
  /** `*` in the query became a gap between literal parts: `a*b` is ['a','b'], `*a` is ['','a']. */
  | { readonly kind: 'wildcard'; readonly field: FieldRef; readonly parts: readonly string[] }
  /** A substring of the value, ignoring case (`/logs/filter/` with `contains`). */
  | { readonly kind: 'contains'; readonly field: FieldRef; readonly text: string }
  /** One value within both bounds; number with number, otherwise by text in the order of code points. */
  | {
      readonly kind: 'range';
      readonly field: FieldRef;
      readonly low: RangeBound | null;
      readonly high: RangeBound | null;
    }
  /** RE2 pattern found anywhere in the value, ignoring case unless the pattern says `(?-i)`. */
  | { readonly kind: 'regex'; readonly field: FieldRef; readonly pattern: string };
