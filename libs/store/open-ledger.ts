import { openPool } from './connection-pool.ts';
import { asStoreError } from './errors.ts';
import { Ledger } from './ledger.ts';
import type { StoreSettings } from './settings.ts';

const CONNECTIONS = 2;
const TIMEOUT_MS = 5_000;

/** The ledger alone, for a process that only asks it. */
export interface OpenLedger {
  readonly ledger: Ledger;
  /** Resolves when Postgres answers, else throws StoreUnavailableError. */
  readonly probe: () => Promise<void>;
  readonly close: (deadlineMs: number) => Promise<void>;
}

/** Connects when it is asked first, so that it opens while Postgres is away; the schema is the writer's concern. */
export function openLedger(settings: StoreSettings): OpenLedger {
  const connections = openPool(settings, {
    name: 'ledger',
    statementTimeoutMs: TIMEOUT_MS,
    connections: CONNECTIONS,
  });
  return {
    ledger: new Ledger(connections.pool),
    probe: async () => {
      try {
        await connections.pool.query('SELECT 1');
      } catch (error) {
        throw asStoreError(error);
      }
    },
    close: (deadlineMs) => connections.close(deadlineMs),
  };
}
