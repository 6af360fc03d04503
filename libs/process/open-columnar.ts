import type { ProcessSettings } from '#config';
import {
  ARCHIVE_LIMITS,
  createColumnarReader,
  directAccess,
  Engine,
  LocalFolder,
  takingTurns,
  type ArchiveParts,
  type ColumnarReader,
} from '#columnar';
import { MICROS_PER_MS, systemClock } from '#event';
import type { Telemetry } from '#telemetry';
import type { ClosingSteps } from './closing-steps.ts';

export interface ColumnarContext {
  readonly settings: Pick<
    ProcessSettings<'standalone'>,
    'columnarFolder' | 'columnarMemory' | 'columnarThreads' | 'postgresKeep' | 'readConnections'
  >;
  readonly telemetry: Telemetry;
  readonly steps: ClosingSteps;
}

export interface OpenedColumnar {
  readonly reader: ColumnarReader;
  readonly archive: Omit<ArchiveParts, 'retention'>;
}

/** The columnar files that the settings name, or null: then every event stays a row of Postgres. */
export async function openColumnar(context: ColumnarContext): Promise<OpenedColumnar | null> {
  const { settings, telemetry, steps } = context;
  const { columnarFolder, columnarMemory, columnarThreads, postgresKeep } = settings;
  if (columnarFolder === null) return null;
  const storage = await LocalFolder.open(columnarFolder);
  // Making files must not take from searches what they need, so it has an engine of its own.
  const reading = await Engine.open({
    memoryBytes: columnarMemory,
    threads: columnarThreads,
    connections: settings.readConnections,
    spillFolder: null,
  });
  const making = await Engine.open({
    memoryBytes: columnarMemory,
    threads: 1,
    connections: 1,
    spillFolder: null,
  });
  steps.add('DuckDB', 500, () => {
    reading.close();
    making.close();
    return Promise.resolve();
  });
  return {
    reader: createColumnarReader(reading, directAccess(storage)),
    archive: {
      storage,
      engine: making,
      telemetry,
      clock: systemClock,
      keepRows:
        postgresKeep === 'forever'
          ? { kind: 'forever' }
          : { kind: 'for', age: postgresKeep * MICROS_PER_MS },
      scratch: columnarFolder,
      limits: ARCHIVE_LIMITS,
      between: takingTurns,
    },
  };
}
