import { isTransient, openStore, type Store, type StoreSettings } from '#store';
import type { Telemetry } from '#telemetry';
import type { Dependency } from './dependency-health.ts';
import { openWhenReachable } from './open-when-reachable.ts';

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
export function openProcessStore(parts: ProcessStoreParts): Promise<Store> {
  const { settings, postgres, telemetry, stopping, more } = parts;
  const open = (): Promise<Store> =>
    openStore({
      url: settings.databaseUrl,
      allowFsyncOff: settings.allowFsyncOff,
      telemetry,
      ...more,
    });
  return openWhenReachable(open, {
    dependency: postgres,
    timeoutMs: settings.startupTimeout,
    signal: stopping,
    isTransient,
  });
}
