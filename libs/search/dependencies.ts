import type { Pool } from 'pg';
import type { SkipIndexReader } from '#store';
import type { Telemetry } from '#telemetry';

/** What the parts of the search share. */
export interface SearchDependencies {
  readonly pool: Pool;
  readonly skipIndex: SkipIndexReader;
  readonly telemetry: Telemetry;
  /** Milliseconds of a clock that never goes back: for time budgets. */
  readonly monotonicMs: () => number;
}
