import type { Pool } from 'pg';
import type { ColumnarReader } from '#columnar';
import type { SkipIndexReader } from '#store';
import type { Telemetry } from '#telemetry';
import type { GuardedIndex } from './word-index/guarded-index.ts';

/** What the parts of the search share. */
export interface SearchDependencies {
  readonly pool: Pool;
  readonly skipIndex: SkipIndexReader;
  readonly telemetry: Telemetry;
  /** Null where this process has no access to columnar files. */
  readonly columnar: ColumnarReader | null;
  /** Null where there is none. */
  readonly wordIndex: WordIndexAccess | null;
  /** Milliseconds of a clock that never goes back: for time budgets. */
  readonly monotonicMs: () => number;
}

/** The search index and what its indexes are named by. */
export interface WordIndexAccess {
  readonly index: GuardedIndex;
  readonly prefix: string;
}
