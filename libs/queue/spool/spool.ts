import type { Batch, Clock } from '#event';
import type { Telemetry } from '#telemetry';
import {
  batchDrained,
  batchRefused,
  batchSpooled,
  groupSynced,
  segmentKept,
  segmentSetAside,
  spoolFailed,
} from './events.ts';
import { GroupCommit } from './group-commit.ts';
import { encodeRecord } from './record.ts';
import { ageMs, segmentName, setAsideName, type Segment } from './segment.ts';
import type { AppendedFile, SpoolFolder } from './spool-folder.ts';
import { surveyFolder, type FolderSurvey } from './survey-folder.ts';

export interface SpoolSettings {
  /** Most bytes of the folder, segments that were set aside included. */
  readonly maxBytes: number;
  /** A segment is closed before it would exceed this; a larger record has one of its own. */
  readonly segmentBytes: number;
  /** Most bytes that are written and synced at once. */
  readonly groupBytes: number;
}

/**
 * What became of a batch that was offered to the spool.
 *
 * - `durable`: it survives kill -9 and the loss of power, and goes to the broker later.
 * - `refused`: there is no room, or the spool has failed before; nothing of it was written.
 * - `unknown`: it may be found at the next start.
 */
export type AppendOutcome =
  { readonly kind: 'durable' } | { readonly kind: 'refused' | 'unknown'; readonly reason: string };

/** How full the spool is, for health and metrics. */
export interface SpoolState {
  /** On disk, segments that were set aside included. */
  readonly bytes: number;
  /** Batches that the broker has not confirmed. */
  readonly batches: number;
  /** Since the oldest of them was received; null when there is none. */
  readonly oldestAgeMs: number | null;
  /** Why nothing is taken until a restart, or null. */
  readonly failure: string | null;
}

const NO_SPACE = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * A bounded first-in, first-out store of batches in one folder, as segments of records (`record.ts`). Concurrent
 * appends share a write and a sync. A segment is removed once all of it is drained; so a restart in the middle of one
 * drains it from its beginning again, under the same batch ids.
 */
export class Spool {
  private readonly folder: SpoolFolder;
  private readonly settings: SpoolSettings;
  private readonly telemetry: Telemetry;
  private readonly clock: Clock;
  private readonly commits: GroupCommit<Buffer, AppendOutcome>;
  /** Oldest first; the last one may be open. */
  private readonly segments: Segment[];
  private open: { readonly file: AppendedFile; readonly segment: Segment } | null = null;
  private nextNumber: number;
  /** Of the folder, and of what waits to be written. */
  private bytes: number;
  private failure: string | null = null;
  private closed = false;

  private constructor(
    folder: SpoolFolder,
    settings: SpoolSettings,
    telemetry: Telemetry,
    clock: Clock,
    survey: FolderSurvey,
  ) {
    this.folder = folder;
    this.settings = settings;
    this.telemetry = telemetry;
    this.clock = clock;
    this.segments = [...survey.segments];
    this.bytes = survey.bytes;
    this.nextNumber = survey.nextNumber;
    this.commits = new GroupCommit(settings.groupBytes, (records) => this.commit(records));
  }

  /** Reads what an earlier run left: cuts off a torn tail, and counts the rest. Rejects where the folder is unusable. */
  static async open(
    folder: SpoolFolder,
    settings: SpoolSettings,
    telemetry: Telemetry,
    clock: Clock,
  ): Promise<Spool> {
    const survey = await surveyFolder(folder, telemetry);
    return new Spool(folder, settings, telemetry, clock, survey);
  }

  get state(): SpoolState {
    const [oldest] = this.segments;
    return {
      bytes: this.bytes,
      batches: this.segments.reduce((sum, { batches }) => sum + batches, 0),
      oldestAgeMs: oldest === undefined ? null : ageMs(oldest, this.clock()),
      failure: this.failure,
    };
  }

  get isEmpty(): boolean {
    return this.segments.length === 0;
  }

  /** True when it holds something, and would take more if there were room. */
  get isInUse(): boolean {
    return !this.isEmpty && this.failure === null;
  }

  /** True when a batch of this size would be refused for want of room. */
  isFull(bytes = 0): boolean {
    return this.bytes + bytes > this.settings.maxBytes;
  }

  async append(batch: Batch): Promise<AppendOutcome> {
    if (this.closed) return { kind: 'refused', reason: 'the spool is closed' };
    if (this.failure !== null) return this.refused('failed', this.failure);
    const record = encodeRecord(batch);
    if (this.isFull(record.length)) return this.refused('full', 'the spool is full');
    this.bytes += record.length;
    const outcome = await this.commits.add(record);
    if (outcome.kind === 'durable') this.telemetry.emit(batchSpooled, { bytes: record.length });
    else this.bytes -= record.length;
    return outcome;
  }

  /** The segment to drain next; null when there is none. Nothing is appended to it any more. */
  async oldest(): Promise<Segment | null> {
    const [first] = this.segments;
    if (first === undefined) return null;
    if (first === this.open?.segment) await this.commits.alone(() => this.seal());
    return first;
  }

  read(segment: Segment): Promise<Buffer> {
    return this.folder.read(segment.name);
  }

  /** Says that the broker has confirmed one more of its batches. */
  drained(segment: Segment): void {
    segment.batches--;
    this.telemetry.emit(batchDrained, {});
  }

  /**
   * Ends with a segment: it is removed, or kept under another name for a person to look at.
   *
   * @param damage what is wrong with it, null when all of it is drained
   */
  async discard(segment: Segment, damage: string | null): Promise<void> {
    const { name, bytes } = segment;
    this.segments.splice(this.segments.indexOf(segment), 1);
    try {
      if (damage === null) {
        await this.folder.remove(name);
        this.bytes -= bytes;
      } else {
        await this.folder.rename(name, setAsideName(name));
        this.telemetry.emit(segmentSetAside, { segment: name, reason: damage });
      }
      await this.folder.sync();
    } catch (error) {
      this.telemetry.emit(segmentKept, { segment: name, reason: textOf(error) });
    }
  }

  /** Waits for what is being written. What the spool holds stays on disk. */
  async close(): Promise<void> {
    this.closed = true;
    await this.commits.alone(() => this.seal());
  }

  private refused(reason: 'full' | 'failed', text: string): AppendOutcome {
    this.telemetry.emit(batchRefused, { reason });
    return { kind: 'refused', reason: text };
  }

  private async commit(records: readonly Buffer[]): Promise<AppendOutcome> {
    if (this.failure !== null) return this.refused('failed', this.failure);
    const begun = performance.now();
    const group = Buffer.concat(records);
    let written = false;
    try {
      const { file, segment } = await this.writable(group.length);
      written = true;
      await file.append(group);
      await file.sync();
      segment.bytes += group.length;
      segment.batches += records.length;
    } catch (error) {
      return await this.notCommitted(error, written);
    }
    const seconds = (performance.now() - begun) / 1_000;
    this.telemetry.emit(groupSynced, { batches: records.length, seconds });
    return { kind: 'durable' };
  }

  /**
   * A disk without space gives its part of the group back. Anything else is final: after a failed fsync the kernel may
   * have dropped the pages, and a second one that succeeds says nothing.
   */
  private async notCommitted(error: unknown, written: boolean): Promise<AppendOutcome> {
    if (isNoSpace(error) && (await this.takeBack())) {
      return this.refused('full', `the disk of the spool has no room: ${textOf(error)}`);
    }
    const reason = this.fail(error);
    return { kind: written ? 'unknown' : 'refused', reason };
  }

  private fail(error: unknown): string {
    const reason = textOf(error);
    this.failure = reason;
    this.telemetry.emit(spoolFailed, { reason });
    return reason;
  }

  /** Removes the part of a group that was written; false when that fails too. */
  private async takeBack(): Promise<boolean> {
    if (this.open === null) return true;
    const { file, segment } = this.open;
    try {
      await file.truncate(segment.bytes);
      await file.sync();
      return true;
    } catch {
      return false;
    }
  }

  /** The open segment, or a new one where the bytes do not fit. */
  private async writable(bytes: number): Promise<NonNullable<Spool['open']>> {
    if (this.open !== null) {
      const { segment } = this.open;
      if (segment.bytes === 0 || segment.bytes + bytes <= this.settings.segmentBytes) {
        return this.open;
      }
      await this.seal();
    }
    const name = segmentName(this.nextNumber++);
    const file = await this.folder.create(name);
    const segment: Segment = { name, bytes: 0, batches: 0, oldest: this.clock() };
    this.open = { file, segment };
    this.segments.push(segment);
    await this.folder.sync();
    return this.open;
  }

  private async seal(): Promise<void> {
    const open = this.open;
    this.open = null;
    try {
      await open?.file.close();
    } catch (error) {
      this.fail(error);
    }
  }
}

function isNoSpace(error: unknown): boolean {
  return NO_SPACE.has((error as NodeJS.ErrnoException).code ?? '');
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
