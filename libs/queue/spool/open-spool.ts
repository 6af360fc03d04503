import { systemClock, type Clock } from '#event';
import type { Telemetry } from '#telemetry';
import type { BatchPublisher } from '../log-queue.ts';
import { spoolBatches, spoolBytes, spoolOldestAge, spoolOpened, spooling } from './events.ts';
import { lockSpoolFolder } from './folder-lock.ts';
import { openSpoolFolder, type SpoolFolder } from './spool-folder.ts';
import { Spool, type SpoolSettings, type SpoolState } from './spool.ts';
import { SpoolingPublisher, type SpoolingPublisherSettings } from './spooling-publisher.ts';

const MIB = 1024 * 1024;

export interface SpoolOptions extends Partial<SpoolSettings>, Partial<SpoolingPublisherSettings> {
  /** On a disk that outlives the process; created where it is missing. Every process needs its own. */
  readonly folder: string;
  /** Most bytes on disk. */
  readonly maxBytes: number;
  /** Where the batches go while it takes them. */
  readonly publisher: BatchPublisher;
  readonly telemetry: Telemetry;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** Wraps the folder, for tests of disks that fail. */
  readonly wrapFolder?: (folder: SpoolFolder) => SpoolFolder;
}

/** An open spool: a publisher that goes on while the broker is away. */
export interface OpenSpool {
  readonly publisher: BatchPublisher;
  state(): SpoolState & {
    /** True while batches go to the spool. */
    readonly brokerAway: boolean;
  };
  /** Why requests should go to another process; null while this one takes them, with the broker or without. */
  readiness(): string | null;
  /** Ends the draining and frees the folder; what is not drained stays for the next start. */
  close(): Promise<void>;
}

const SPOOL_DEFAULTS: Omit<SpoolSettings, 'maxBytes'> & SpoolingPublisherSettings = {
  segmentBytes: 16 * MIB,
  groupBytes: 4 * MIB,
  confirmWaitMs: 3_000,
  retryAfterMs: 2_000,
  drain: { inFlight: 16, backoff: { baseMs: 250, maxMs: 5_000 }, readAttempts: 5 },
};

/**
 * Opens the spool folder, and begins to drain what an earlier run left in it.
 *
 * @throws SpoolInUseError, or the error of the file system where the folder cannot be used
 */
export async function openSpool(options: SpoolOptions): Promise<OpenSpool> {
  const { telemetry, clock = systemClock, random = () => Math.random() } = options;
  const settings = { ...SPOOL_DEFAULTS, ...options };
  const folder = await openSpoolFolder(options.folder);
  const unlock = lockSpoolFolder(options.folder);
  try {
    const wrapped = options.wrapFolder?.(folder) ?? folder;
    const spool = await Spool.open(wrapped, settings, telemetry, clock);
    const { batches, bytes } = spool.state;
    telemetry.emit(spoolOpened, { batches, bytes });
    const publisher = new SpoolingPublisher(options.publisher, spool, settings, telemetry, random);
    observe(telemetry, publisher);
    return {
      publisher,
      state: () => publisher.state,
      readiness: () => publisher.unreadiness,
      close: async () => {
        await publisher.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

function observe(telemetry: Telemetry, publisher: SpoolingPublisher): void {
  telemetry.observe(spoolBytes, () => publisher.state.bytes);
  telemetry.observe(spoolBatches, () => publisher.state.batches);
  telemetry.observe(spoolOldestAge, () => (publisher.state.oldestAgeMs ?? 0) / 1_000);
  telemetry.observe(spooling, () => (publisher.state.brokerAway ? 1 : 0));
}
