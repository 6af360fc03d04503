import {
  IndexUnavailableError,
  type FoundIndex,
  type IndexDocument,
  type IndexRef,
  type TaskId,
  type TaskOutcome,
} from '../search-index.ts';
import { ReferenceIndex } from './reference-index.ts';

/** A search index in memory that a test can disturb. */
export class UnreliableIndex extends ReferenceIndex {
  /** Rejects every call while it is true. */
  away = false;
  /** Share of the calls that are rejected, and of the tasks that fail or are forgotten. */
  unreliable = 0;
  /** Texts with this word make their whole task fail. */
  poison: string | null = null;
  /** What tasks come to, if they do not succeed. */
  outcome: TaskOutcome | null = null;
  /** Documents of each call. */
  readonly calls: number[] = [];
  private readonly poisoned = new Set<TaskId>();
  private readonly random: () => number;

  constructor(random: () => number = () => 1) {
    super();
    this.random = random;
  }

  override list(prefix: string): Promise<readonly FoundIndex[]> {
    return this.answer(() => super.list(prefix));
  }

  override create(index: IndexRef): Promise<void> {
    return this.answer(() => super.create(index));
  }

  override drop(name: string): Promise<void> {
    return this.answer(() => super.drop(name));
  }

  override add(name: string, documents: readonly IndexDocument[]): Promise<TaskId> {
    return this.answer(async () => {
      this.calls.push(documents.length);
      const { poison } = this;
      const isPoisoned =
        poison !== null && documents.some(({ text }) => text.split(' ').includes(poison));
      const task = await super.add(name, isPoisoned ? [] : documents);
      if (isPoisoned) this.poisoned.add(task);
      return task;
    });
  }

  override outcomes(tasks: readonly TaskId[]): Promise<readonly TaskOutcome[]> {
    return this.answer(async () => {
      const outcomes = await super.outcomes(tasks);
      return outcomes.map((outcome, at) => this.disturbed(tasks[at] ?? 0, outcome));
    });
  }

  private disturbed(task: TaskId, outcome: TaskOutcome): TaskOutcome {
    if (this.poisoned.has(task))
      return { kind: 'failed', code: 'internal', message: 'poison', documents: true };
    if (this.outcome !== null) return this.outcome;
    if (!this.fails()) return outcome;
    return this.random() < 0.5
      ? { kind: 'unknown' }
      : { kind: 'failed', code: 'no_space_left_on_device', message: 'full', documents: false };
  }

  private answer<T>(work: () => Promise<T>): Promise<T> {
    if (this.away || this.fails()) return Promise.reject(new IndexUnavailableError('it is away'));
    return work();
  }

  private fails(): boolean {
    return this.random() < this.unreliable;
  }
}
