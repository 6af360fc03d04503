import {
  Component,
  DestroyRef,
  computed,
  effect,
  inject,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import {
  QuarantineApi,
  type QuarantineEntry,
  type RawBeginning,
  type ReplayOf,
} from '../../api/quarantine-api.ts';
import { Session } from '../../access/session.ts';
import { isAbort, toProblem } from '../../api/problem.ts';
import { ConfirmDialog } from '../../dialog/confirm-dialog.ts';
import { eventCount } from '../../i18n/counted.ts';
import { visibleText } from '../../results/visible-text.ts';
import { formatInstant } from '../../time-range/format-time.ts';
import { AdminLocation } from '../admin-location.ts';
import { KeptList } from '../records/kept-list.ts';
import { ListState } from '../records/list-state.ts';
import { RecordAction } from '../records/record-action.ts';
import { reasonName } from './reason-name.ts';
import { replayNews } from './replay-news.ts';

const STEP = 100;

/** What could not be stored, and why: to look at, to send again, to delete. */
@Component({
  selector: 'ps-quarantine-page',
  imports: [ConfirmDialog, ListState, RecordAction],
  providers: [AdminLocation],
  templateUrl: './quarantine-page.html',
})
export class QuarantinePage {
  readonly #api = inject(QuarantineApi);
  readonly #location = inject(AdminLocation);
  protected readonly session = inject(Session);
  private readonly confirm = viewChild.required(ConfirmDialog);

  protected readonly reason = this.#location.parameter('reason');
  /** The reason that was asked for last. */
  #read: string | null = null;
  /** Entries that were asked for. */
  readonly #most = signal(STEP);
  protected readonly more = signal(false);
  protected readonly replaying = signal(false);
  protected readonly list = new KeptList<QuarantineEntry>((signal) => this.#load(signal));
  /** Reasons seen before one was chosen. */
  readonly #known = signal<readonly string[]>([]);
  /** Those on the screen, and the one that the URL asks for. */
  protected readonly reasons = computed(() => {
    const found = (this.list.items() ?? []).map(({ reason }) => reason);
    const asked = this.reason() === '' ? [] : [this.reason()];
    return [...new Set([...this.#known(), ...found, ...asked])].sort();
  });
  /** The entry that is looked at. */
  protected readonly opened = signal<string | null>(null);
  protected readonly raw = signal<RawBeginning | null>(null);
  #looking = new AbortController();

  protected readonly visible = visibleText;
  protected readonly eventCount = eventCount;

  constructor() {
    effect(() => {
      if (this.reason() !== this.#read) untracked(() => void this.list.read());
    });
    inject(DestroyRef).onDestroy(() => {
      this.#looking.abort();
    });
  }

  protected nameOf(reason: string): string {
    return visibleText(reasonName(reason));
  }

  protected time({ quarantinedAt }: QuarantineEntry): string {
    return formatInstant(Date.parse(quarantinedAt), 'local');
  }

  protected rawUrl(id: string): string {
    return this.#api.rawUrl(id);
  }

  protected choose(reason: string): void {
    this.#known.set(this.reasons());
    this.#most.set(STEP);
    this.#location.set({ reason }, false);
  }

  protected showMore(): void {
    this.#most.update((most) => most + STEP);
    void this.list.read();
  }

  /** Shows how an entry begins; again, hides it. */
  protected async look({ id }: QuarantineEntry): Promise<void> {
    this.#looking.abort();
    this.#looking = new AbortController();
    this.raw.set(null);
    if (this.opened() === id) {
      this.opened.set(null);
      return;
    }
    this.opened.set(id);
    try {
      this.raw.set(await this.#api.rawBeginning(id, this.#looking.signal));
    } catch (error) {
      if (isAbort(error)) return;
      const problem = toProblem(error);
      this.list.problem.set(problem.detail || problem.title);
      this.opened.set(null);
    }
  }

  /** All of the chosen reason, or those on the screen. */
  protected async replayAll(): Promise<void> {
    const reason = this.reason();
    const ids = (this.list.items() ?? []).map(({ id }) => id);
    await this.replay(reason === '' ? { ids } : { reason });
  }

  protected async replay(which: ReplayOf): Promise<void> {
    this.replaying.set(true);
    await this.list.change(() => this.#api.replay(which), replayNews);
    this.replaying.set(false);
  }

  protected async delete({ id, events }: QuarantineEntry): Promise<void> {
    const yes = await this.confirm().ask({
      title: $localize`Delete ${eventCount(events)}:events: for good?`,
      text: $localize`What is deleted here is nowhere else. A download keeps it.`,
      action: $localize`Delete for good`,
    });
    if (!yes) return;
    await this.list.change(
      () => this.#api.delete(id),
      () => $localize`${eventCount(events)}:events: deleted.`,
    );
  }

  async #load(signal: AbortSignal): Promise<readonly QuarantineEntry[]> {
    this.#read = this.reason();
    const { entries, nextCursor } = await this.#api.list(this.#read, this.#most(), signal);
    this.more.set(nextCursor !== null);
    return entries;
  }
}
