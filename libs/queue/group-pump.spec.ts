import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { GroupPump } from './group-pump.ts';
import type { BatchDisposition, ConsumeOptions, Delivery } from './log-queue.ts';
import { makeBatch } from './testing/batches.ts';
import { WaitingBatches } from './waiting-batches.ts';

interface Entry extends Delivery {
  readonly bytes: number;
  readonly sequence: number;
}

const OPTIONS: ConsumeOptions = { maxBatches: 10, maxBytes: 10_000, concurrency: 2 };
const LINGER = { bytes: 600, ms: 25 };

/** A pump over batches of 200 bytes each, and the sizes of the groups that it handed over. */
class Subject {
  readonly groups: number[] = [];
  readonly pump: GroupPump<Entry>;
  isExhausted = false;
  private readonly waiting = new WaitingBatches<Entry>();
  private readonly open: ((fail: boolean) => void)[] = [];
  private sequence = 0;

  constructor(options: ConsumeOptions) {
    this.pump = new GroupPump<Entry>((group) => this.handle(group), options, {
      waiting: this.waiting,
      isExhausted: () => this.isExhausted,
      take: (batches, bytes) => this.waiting.take(batches, bytes),
      settle: () => undefined,
      giveBack: (entries) => {
        this.waiting.putBack(entries);
      },
      retryDelayMs: () => 100,
    });
  }

  arrive(batches: number, bytes = 200): void {
    for (let i = 0; i < batches; i++) {
      const sequence = this.sequence++;
      this.waiting.push({ batch: makeBatch(sequence), bytes, sequence, attempt: 1 });
      this.pump.wake();
    }
  }

  /** As when the connection is lost that delivered them. */
  loseAll(): void {
    this.waiting.clear();
  }

  /** Ends the oldest group that is being handled. */
  async end(fail = false): Promise<void> {
    this.open.shift()?.(fail);
    await settled();
  }

  private handle(group: readonly Delivery[]): Promise<readonly BatchDisposition[]> {
    this.groups.push(group.length);
    return new Promise((resolve, reject) => {
      this.open.push((fail) => {
        if (fail) reject(new Error('the store is away'));
        else resolve(group.map(() => 'stored'));
      });
    });
  }
}

/** Everything that is due at the same time has happened afterwards. */
const settled = (): Promise<void> => jest.advanceTimersByTimeAsync(0);

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

describe('a pump that lingers', () => {
  test('waits with a small group for more, so long and no longer', async () => {
    const subject = new Subject({ ...OPTIONS, linger: LINGER });
    subject.arrive(1);
    await jest.advanceTimersByTimeAsync(15);
    subject.arrive(1);
    await jest.advanceTimersByTimeAsync(9);
    expect(subject.groups).toEqual([]);
    await jest.advanceTimersByTimeAsync(2);
    expect(subject.groups).toEqual([2]);
  });

  test('hands over at once what is enough, and waits anew with what comes after it', async () => {
    const subject = new Subject({ ...OPTIONS, linger: LINGER });
    subject.arrive(3);
    await settled();
    expect(subject.groups).toEqual([3]);
    subject.arrive(1);
    await jest.advanceTimersByTimeAsync(24);
    expect(subject.groups).toEqual([3]);
    await jest.advanceTimersByTimeAsync(2);
    expect(subject.groups).toEqual([3, 1]);
  });

  test('counts the time that passed while all handlers were busy', async () => {
    const subject = new Subject({ ...OPTIONS, concurrency: 1, linger: LINGER });
    subject.arrive(3);
    await settled();
    subject.arrive(1);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(subject.groups).toEqual([3]);
    await subject.end();
    expect(subject.groups).toEqual([3, 1]);
  });

  test('takes the rest of a large backlog without waiting for each group', async () => {
    const subject = new Subject({ ...OPTIONS, maxBatches: 4, concurrency: 1, linger: LINGER });
    subject.arrive(11);
    await settled();
    await subject.end();
    expect(subject.groups).toEqual([4, 4]);
    // The last three are enough too.
    await subject.end();
    expect(subject.groups).toEqual([4, 4, 3]);
  });

  test('hands over a failed group again once its backoff is over', async () => {
    const subject = new Subject({ ...OPTIONS, linger: LINGER });
    subject.arrive(1);
    await jest.advanceTimersByTimeAsync(26);
    await subject.end(true);
    await jest.advanceTimersByTimeAsync(99);
    expect(subject.groups).toEqual([1]);
    await jest.advanceTimersByTimeAsync(2);
    expect(subject.groups).toEqual([1, 1]);
  });

  test('waits no longer with a batch that says it has no bytes', async () => {
    const subject = new Subject({ ...OPTIONS, linger: LINGER });
    subject.arrive(1, 0);
    await jest.advanceTimersByTimeAsync(26);
    expect(subject.groups).toEqual([1]);
  });

  test('waits for nothing where a group may hold no more batches', async () => {
    const subject = new Subject({ ...OPTIONS, linger: LINGER });
    subject.arrive(10, 1);
    await settled();
    expect(subject.groups).toEqual([10]);
  });

  test('waits for nothing while no more can come', async () => {
    const subject = new Subject({ ...OPTIONS, linger: LINGER });
    subject.isExhausted = true;
    subject.arrive(2);
    await settled();
    expect(subject.groups).toEqual([2]);
  });

  test('waits no longer than agreed for what came while it was paused', async () => {
    const subject = new Subject({ ...OPTIONS, linger: LINGER });
    subject.pump.pause();
    subject.arrive(1);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(subject.groups).toEqual([]);
    subject.pump.resume();
    await settled();
    expect(subject.groups).toEqual([1]);
  });

  test('goes on after what it waited with was taken away', async () => {
    const subject = new Subject({ ...OPTIONS, linger: LINGER });
    subject.arrive(1);
    subject.loseAll();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(subject.groups).toEqual([]);
    subject.arrive(1);
    await jest.advanceTimersByTimeAsync(26);
    expect(subject.groups).toEqual([1]);
  });

  test('hands over a batch that is larger than a group at once and alone', async () => {
    const subject = new Subject({ ...OPTIONS, linger: LINGER });
    subject.arrive(1, 20_000);
    subject.arrive(1);
    await settled();
    expect(subject.groups).toEqual([1]);
    await jest.advanceTimersByTimeAsync(26);
    expect(subject.groups).toEqual([1, 1]);
  });

  test('leaves no timer behind when it closes', async () => {
    const subject = new Subject({ ...OPTIONS, linger: LINGER });
    subject.arrive(1);
    await subject.pump.close();
    await settled();
    expect(jest.getTimerCount()).toBe(0);
    await jest.advanceTimersByTimeAsync(100);
    expect(subject.groups).toEqual([]);
  });
});

test('without a linger a batch is handed over at once', async () => {
  const subject = new Subject(OPTIONS);
  subject.arrive(1);
  await settled();
  expect(subject.groups).toEqual([1]);
});
