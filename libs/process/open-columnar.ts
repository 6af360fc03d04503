import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { columnarPlace, type ColumnarPlace, type ProcessSettings } from '#config';
import {
  ARCHIVE_LIMITS,
  createColumnarReader,
  directAccess,
  Engine,
  FileCache,
  LocalFolder,
  NOT_FOR_SEARCHES,
  openS3Storage,
  takingTurns,
  type ArchiveParts,
  type ColumnarReader,
  type FileAccess,
  type ObjectStorage,
  type S3Encryption,
} from '#columnar';
import { MICROS_PER_MS, systemClock } from '#event';
import type { Telemetry } from '#telemetry';
import type { ClosingSteps } from './closing-steps.ts';
import type { DependencyHealth } from './dependency-health.ts';
import { StartupError } from './startup-error.ts';

type StorageSettings = Parameters<typeof columnarPlace>[0];

export interface StorageContext {
  readonly settings: StorageSettings;
  readonly health: DependencyHealth;
  readonly steps: ClosingSteps;
}

/** The storage that the settings name. */
export interface OpenedStorage {
  readonly place: ColumnarPlace;
  readonly storage: ObjectStorage;
}

/** A question costs money where a bucket is asked. */
const PROBE_EVERY_MS = 30_000;
const PROBE_MS = 5_000;

/**
 * The storage of columnar files, or null: then every event stays a row of Postgres. No process requires it: what lies in
 * Postgres is found without.
 *
 * @throws SettingsError for settings that do not go together
 */
export async function openColumnarStorage(context: StorageContext): Promise<OpenedStorage | null> {
  const { settings, health, steps } = context;
  const place = columnarPlace(settings);
  if (place === null) return null;
  const { storage, close } = await openObjectStorage(place);
  steps.add('the storage of columnar files', 100, close);
  health.watch(
    health.add('columnar-storage', { required: false }),
    () => storage.probe(AbortSignal.timeout(PROBE_MS)),
    { intervalMs: PROBE_EVERY_MS, timeoutMs: PROBE_MS },
  );
  return { place, storage };
}

/** @returns the storage, and what closes it */
export async function openObjectStorage(
  place: ColumnarPlace,
): Promise<{ readonly storage: ObjectStorage; readonly close: () => void }> {
  if (place.kind === 'folder') {
    return { storage: await openFolder(place.folder), close: () => undefined };
  }
  const storage = await openS3Storage({ ...place, encryption: encryptionOf(place) });
  return {
    storage,
    close: () => {
      storage.close();
    },
  };
}

async function openFolder(folder: string): Promise<ObjectStorage> {
  try {
    return await LocalFolder.open(folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError(
      `COLUMNAR_FOLDER (${folder}) is no folder that can be used or made: ${reason}. Name another, or mend its rights.`,
    );
  }
}

function encryptionOf(place: ColumnarPlace & { readonly kind: 's3' }): S3Encryption {
  const { encryption, kmsKeyId } = place;
  return encryption === 'aws:kms' ? { kind: encryption, keyId: kmsKeyId } : { kind: encryption };
}

export interface ReaderContext {
  readonly settings: Pick<
    ProcessSettings<'gateway'>,
    'columnarMemory' | 'columnarThreads' | 'columnarCacheBytes' | 'readConnections'
  >;
  readonly telemetry: Telemetry;
  readonly steps: ClosingSteps;
}

/** Reads what lies in the storage; null where there is none. */
export async function openColumnarReader(
  opened: OpenedStorage | null,
  context: ReaderContext,
): Promise<ColumnarReader | null> {
  if (opened === null) return null;
  const { settings, steps } = context;
  const engine = await Engine.open({
    memoryBytes: settings.columnarMemory,
    threads: settings.columnarThreads,
    connections: settings.readConnections,
    spillFolder: null,
    withoutOptimizers: NOT_FOR_SEARCHES,
  });
  steps.add('DuckDB for searches', 500, () => {
    engine.close();
  });
  return createColumnarReader(engine, await openAccess(opened, context), context.telemetry);
}

async function openAccess(
  { place, storage }: OpenedStorage,
  { settings, telemetry, steps }: ReaderContext,
): Promise<FileAccess> {
  if (place.kind === 'folder') return directAccess(storage);
  const cache = await FileCache.open({
    storage,
    folder: place.cacheFolder,
    maxBytes: settings.columnarCacheBytes,
    telemetry,
  });
  steps.add('copies of columnar files', 1_000, () => cache.close());
  return cache;
}

export interface ArchiveContext {
  readonly settings: Pick<
    ProcessSettings<'keeper'>,
    'columnarMemory' | 'columnarAfter' | 'columnarRetention' | 'postgresKeep'
  >;
  readonly telemetry: Telemetry;
  readonly steps: ClosingSteps;
}

/** What the job needs that makes the files; null where there is no storage. Its engine takes nothing from searches. */
export async function openArchive(
  opened: OpenedStorage | null,
  { settings, telemetry, steps }: ArchiveContext,
): Promise<Omit<ArchiveParts, 'retention'> | null> {
  if (opened === null) return null;
  const { place, storage } = opened;
  const scratch = place.kind === 'folder' ? place.folder : join(place.cacheFolder, 'making');
  // Where merging sorts what does not fit into memory. What a crash left there goes.
  const spillFolder = join(scratch, '.sorting');
  await rm(spillFolder, { recursive: true, force: true });
  const engine = await Engine.open({
    memoryBytes: settings.columnarMemory,
    threads: 1,
    connections: 1,
    spillFolder,
  });
  steps.add('DuckDB for making files', 500, () => {
    engine.close();
  });
  const { postgresKeep, columnarAfter, columnarRetention } = settings;
  return {
    storage,
    engine,
    telemetry,
    clock: systemClock,
    keepRows:
      postgresKeep === 'forever'
        ? { kind: 'forever' }
        : { kind: 'for', age: postgresKeep * MICROS_PER_MS },
    keepFiles: columnarRetention === null ? null : columnarRetention * MICROS_PER_MS,
    scratch,
    limits: { ...ARCHIVE_LIMITS, closedAfter: columnarAfter * MICROS_PER_MS },
    between: takingTurns,
  };
}
