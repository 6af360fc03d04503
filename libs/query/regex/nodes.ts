import type { CharacterSet } from './character-set.ts';

/** An RE2 pattern as far as SQL and the skip index need it: captures and greediness do not matter for finding. */
export type RegexNode =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  /** One character of which it is not known which; stands for a superset. */
  | { readonly kind: 'some-character' }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly of: readonly RegexNode[] }
  | { readonly kind: 'alternatives'; readonly of: readonly RegexNode[] }
  | {
      readonly kind: 'repeat';
      readonly of: RegexNode;
      readonly min: number;
      /** Null is unbounded. */
      readonly max: number | null;
    };

export type Assertion =
  'text-start' | 'text-end' | 'line-start' | 'line-end' | 'word-boundary' | 'no-word-boundary';
