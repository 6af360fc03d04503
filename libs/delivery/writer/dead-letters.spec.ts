import { describe, expect, it } from '@jest/globals';
import type { Batch } from '#event';
import type { DeadLetter, DeadLetterSource } from '#queue';
import { Telemetry, type LogLine } from '#telemetry';
import { DeadLetterKeeper, type DeadLetterQuarantine } from './dead-letters.ts';

const batch: Batch = { id: 'a', events: [], bytes: 1, receivedAt: 0, bodyHash: null };
const FACTS = { detail: 'why', batchId: 'a', events: 3, raw: Buffer.from('raw') };
const WHOLE: DeadLetter = { ...FACTS, reason: 'delivery-limit', batch };
const UNREADABLE: DeadLetter = { ...FACTS, reason: 'undecodable', batch: null };

/** Hands over what is waiting, as a queue does. */
class WaitingLetters implements DeadLetterSource {
  readonly waiting: DeadLetter[];
  looks = 0;

  constructor(waiting: readonly DeadLetter[]) {
    this.waiting = [...waiting];
  }

  async takeDeadLetters(keep: (letter: DeadLetter) => Promise<void>): Promise<number> {
    this.looks++;
    let taken = 0;
    for (let first = this.waiting[0]; first !== undefined; first = this.waiting[0]) {
      await keep(first);
      this.waiting.shift();
      taken++;
    }
    return taken;
  }
}

class KeptLetters implements DeadLetterQuarantine {
  readonly kept: unknown[] = [];
  failures = 0;

  addUnlessStored(...entry: Parameters<DeadLetterQuarantine['addUnlessStored']>): Promise<void> {
    return this.add(entry);
  }

  addRaw(...entry: Parameters<DeadLetterQuarantine['addRaw']>): Promise<void> {
    return this.add(entry);
  }

  private add(entry: readonly unknown[]): Promise<void> {
    if (this.failures-- > 0) return Promise.reject(new Error('Postgres is away'));
    this.kept.push(entry);
    return Promise.resolve();
  }
}

describe('DeadLetterKeeper', () => {
  const run = async (
    source: WaitingLetters,
    quarantine: KeptLetters,
    looks: number,
  ): Promise<{ readonly log: readonly LogLine[]; readonly sleeps: readonly number[] }> => {
    const log: LogLine[] = [];
    const sleeps: number[] = [];
    const done = Promise.withResolvers<undefined>();
    const keeper = new DeadLetterKeeper({
      source,
      quarantine,
      telemetry: new Telemetry((line) => log.push(line)),
      pause: { baseMs: 100, maxMs: 1_000 },
      random: () => 0.999_999,
      sleep: async (ms) => {
        sleeps.push(Math.ceil(ms));
        if (source.looks === looks) done.resolve(undefined);
        await new Promise((resolve) => setImmediate(resolve));
      },
    });
    await done.promise;
    await keeper.close();
    return { log, sleeps: sleeps.slice(0, looks) };
  };

  it('keeps whole batches and what cannot be read, each with its reason', async () => {
    const quarantine = new KeptLetters();
    const { log } = await run(new WaitingLetters([WHOLE, UNREADABLE]), quarantine, 1);
    expect(quarantine.kept).toEqual([
      [batch, 'delivery-limit', 'why'],
      [{ batchId: 'a', events: 3, raw: FACTS.raw }, 'undecodable', 'why'],
    ]);
    expect(log.map(({ event, fields }) => [event, fields])).toEqual([
      ['writer.dead_letters_kept', { letters: 2 }],
    ]);
  });

  it('leaves them in the queue while they cannot be kept, and looks again ever later', async () => {
    const source = new WaitingLetters([WHOLE]);
    const quarantine = new KeptLetters();
    quarantine.failures = 3;
    const { log, sleeps } = await run(source, quarantine, 5);
    expect(quarantine.kept).toHaveLength(1);
    expect(source.waiting).toEqual([]);
    expect(sleeps).toEqual([100, 200, 400, 100, 100]);
    expect(log.map(({ event }) => event)).toEqual([
      'writer.dead_letters_failed',
      'writer.dead_letters_failed',
      'writer.dead_letters_failed',
      'writer.dead_letters_kept',
    ]);
  });
});
