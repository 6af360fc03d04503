import type { Batch } from '#event';
import { type DeadLetter, type DeadLetterSource } from '#queue';
import type { Telemetry } from '#telemetry';
import { backoffMs, type BackoffSettings, systemSleep, type Sleep } from '#retry';
import { deadLettersFailed, deadLettersKept } from './events.ts';

/** Where dead letters are kept for people to see and to replay. Every call is safe to repeat. */
export interface DeadLetterQuarantine {
  addUnlessStored(batch: Batch, reason: string, detail: string): Promise<void>;
  addRaw(
    raw: { readonly batchId: string | null; readonly events: number; readonly raw: Buffer },
    reason: string,
    detail: string,
  ): Promise<void>;
}

export interface DeadLetterKeeperParts {
  readonly source: DeadLetterSource;
  readonly quarantine: DeadLetterQuarantine;
  readonly telemetry: Telemetry;
  /** Wait between looks at the queue; the longest one counts from the second failure on. */
  readonly pause?: BackoffSettings;
  readonly sleep?: Sleep;
  readonly random?: () => number;
}

/** They are rare, and nobody waits for them. */
const PAUSE: BackoffSettings = { baseMs: 5_000, maxMs: 30_000 };

/**
 * Moves dead letters into quarantine, whole, for as long as it runs. A batch that was stored before it became a dead
 * letter, as by a writer that died after each commit, is only forgotten.
 */
export class DeadLetterKeeper {
  private readonly parts: DeadLetterKeeperParts;
  private readonly sleep: Sleep;
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;

  constructor(parts: DeadLetterKeeperParts) {
    this.parts = parts;
    this.sleep = parts.sleep ?? systemSleep;
    this.running = this.run();
  }

  /** Ends after the dead letter that is being kept. Safe to repeat. */
  async close(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { pause = PAUSE, random = () => Math.random() } = this.parts;
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted;) {
      failures = (await this.look()) ? 0 : failures + 1;
      await this.sleep(backoffMs(Math.max(1, failures), pause, random), signal);
    }
  }

  /** False when it failed. */
  private async look(): Promise<boolean> {
    const { source, telemetry } = this.parts;
    try {
      const letters = await source.takeDeadLetters((letter) => this.keep(letter));
      if (letters > 0) telemetry.emit(deadLettersKept, { letters });
      return true;
    } catch (error) {
      telemetry.emit(deadLettersFailed, { reason: String(error) });
      return false;
    }
  }

  private async keep({ batch, batchId, events, raw, reason, detail }: DeadLetter): Promise<void> {
    if (this.stopping.signal.aborted) throw new Error('the process ends');
    const { quarantine } = this.parts;
    if (batch === null) await quarantine.addRaw({ batchId, events, raw }, reason, detail);
    else await quarantine.addUnlessStored(batch, reason, detail);
  }
}
