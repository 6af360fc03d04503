import { isTransient, openStore, type Store, type StoreSettings } from '#store';
import type { Telemetry } from '#telemetry';
import type { Dependency } from './dependency-health.ts';
import { openWhenReachable } from './open-when-reachable.ts';
import { StartupError } from './startup-error.ts';

/** The settings of a process that say how it uses Postgres. */
export interface StoreConnection {
  readonly databaseUrl: string;
  readonly allowFsyncOff: boolean;
  readonly startupTimeout: number;
}

export interface ProcessStoreParts {
  readonly settings: StoreConnection;
  readonly postgres: Dependency;
  readonly telemetry: Telemetry;
  readonly stopping: AbortSignal;
  readonly more?: Partial<StoreSettings>;
}

/** Opens the store once Postgres can be reached. Throws StartupError, or StoreRefusedError, with one sentence. */
export async function openProcessStore(parts: ProcessStoreParts): Promise<Store> {
  const { settings, postgres, telemetry, stopping, more } = parts;
  const open = (): Promise<Store> =>
    openStore({
      url: settings.databaseUrl,
      allowFsyncOff: settings.allowFsyncOff,
      telemetry,
      ...more,
    });
  try {
    return await openWhenReachable(open, {
      dependency: postgres,
      timeoutMs: settings.startupTimeout,
      signal: stopping,
      isTransient,
    });
  } catch (error) {
    throw explainRefusal(error);
  }
}

/** Authorisation (class 28), and a database that does not exist. */
const REFUSED_SQLSTATE = /^28|^3D000$/;

/** One sentence for what the user can mend in DATABASE_URL, else the error as it is. */
function explainRefusal(error: unknown): unknown {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return typeof code === 'string' && REFUSED_SQLSTATE.test(code)
    ? new StartupError(
        `Postgres refuses the connection: ${String(message)}; check user, password and database of DATABASE_URL.`,
      )
    : error;
}
