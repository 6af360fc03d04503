import type { Pool } from 'pg';
import { OPEN_TO_ALL, openIngestTokens, type Senders } from '#access';
import type { Telemetry } from '#telemetry';
import type { ClosingSteps } from './closing-steps.ts';
import type { DependencyHealth } from './dependency-health.ts';
import { isLoopback } from './http/listen.ts';
import { StartupError } from './startup-error.ts';

export interface SendersContext {
  readonly settings: {
    /** Null: as `openByDefault` says. */
    readonly ingestAuth: 'required' | 'off' | null;
    readonly ingestToken: readonly string[];
  };
  readonly telemetry: Telemetry;
  readonly health: DependencyHealth;
  readonly steps: ClosingSteps;
}

export interface SendersOptions {
  /** Where tokens are read and their usage is written; null: there is no Postgres. */
  readonly pool: Pool | null;
  /** Whether everybody may send where nothing is set. */
  readonly openByDefault: boolean;
}

/** What was sent last is written, in ms. */
const CLOSE_MS = 5_000;

/**
 * Who may send to this process. To be called before what serves, which is closed first then, so that the last usage is
 * counted. Throws StartupError where tokens are required and there can be none.
 */
export function openSenders(context: SendersContext, options: SendersOptions): Senders {
  const { settings, telemetry, health, steps } = context;
  const { pool, openByDefault } = options;
  const given = settings.ingestToken;
  const auth = settings.ingestAuth ?? (openByDefault ? 'off' : 'required');
  if (auth === 'off') return OPEN_TO_ALL;
  if (pool === null && given.length === 0)
    throw new StartupError(
      'Ingest tokens are required, but there can be none: set DATABASE_URL, where they are kept, or INGEST_TOKEN; or INGEST_AUTH=off, if everybody who reaches the port may send.',
    );
  const { senders, probe, close } = openIngestTokens({ pool, given, telemetry });
  steps.add('the ingest tokens', CLOSE_MS, close);
  if (pool !== null)
    health.watch(health.add('ingest-tokens', { required: given.length === 0 }), probe);
  return senders;
}

/** Standalone asks nobody for a token while only this machine can send. */
export function listensOnLoopback(host: string | null): boolean {
  return host === null || isLoopback(host);
}
