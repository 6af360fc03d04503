import { Injectable, computed, effect, inject, signal, untracked } from '@angular/core';
import type { LogHit } from '../api/log-hit.ts';
import { isAbort, toProblem, type ApiProblem } from '../api/problem.ts';
import { SearchApi } from '../api/search-api.ts';
import { foldKey } from '../results/fold-key.ts';
import { FoldedRows } from '../results/folded-rows.ts';
import type { RowSource } from '../results/row-source.ts';
import { RowView } from '../results/row-view.ts';
import { TailSession } from '../tail/tail-session.ts';
import { SearchLocation, type Parameters } from './search-location.ts';
import { SearchSession } from './search-session.ts';

/** The event of the detail panel and the row that the keyboard is on. */
@Injectable()
export class EventSelection {
  readonly #api = inject(SearchApi);
  readonly #location = inject(SearchLocation);
  readonly #session = inject(SearchSession);
  readonly #tail = inject(TailSession);
  readonly #view = inject(RowView);
  readonly #event = signal<LogHit | null>(null);

  /** Position of the active row; -1 before any. */
  readonly position = signal(-1);
  readonly problem = signal<ApiProblem | null>(null);
  /** The event of the panel; null when it is closed or still on its way. */
  readonly event = computed(() => {
    const event = this.#event();
    return event !== null && event.id === this.#location.event() ? event : null;
  });
  readonly open = computed(() => this.#location.event() !== null);

  readonly source = computed<RowSource | null>(() => {
    if (this.#location.live()) return this.#tail.feed;
    const rows = this.#session.rows();
    const fold = this.#view.fold();
    return rows === null || fold === 'off' ? rows : new FoldedRows(rows, foldKey(fold));
  });

  constructor() {
    effect(() => {
      this.source();
      untracked(() => {
        this.position.set(this.#positionOfOpenEvent());
      });
    });
    effect((onCleanup) => {
      const id = this.#location.event();
      const abort = new AbortController();
      onCleanup(() => {
        abort.abort();
      });
      if (id !== null && untracked(this.#event)?.id !== id) void this.#fetch(id, abort.signal);
    });
  }

  /** Makes a row the active one; with an open panel, the panel follows. */
  moveTo(position: number): void {
    const total = this.source()?.total() ?? 0;
    if (total === 0) return;
    this.position.set(Math.max(0, Math.min(position, total - 1)));
    if (this.open()) this.openActive();
  }

  /** @param more what the URL says besides */
  openActive(more: Parameters = {}): void {
    const hit = this.source()?.row(this.position());
    if (hit !== undefined) this.openEvent(hit, more);
  }

  openAt(position: number): void {
    this.position.set(position);
    this.openActive();
  }

  /** Any event, also one from the context or the trace. */
  openEvent(hit: LogHit, more: Parameters = {}): void {
    this.problem.set(null);
    this.#event.set(hit);
    this.#location.openEvent(hit.id, more);
  }

  close(): void {
    this.#location.closeEvent();
  }

  #positionOfOpenEvent(): number {
    const id = this.#location.event();
    return id === null ? -1 : (this.source()?.positionOf(id) ?? -1);
  }

  /** A permalink's event need not be among the rows. */
  async #fetch(id: string, signal: AbortSignal): Promise<void> {
    this.problem.set(null);
    try {
      const hits = await this.#api.context(id, { before: 0, after: 0, scope: 'all' }, signal);
      const hit = hits.find((candidate) => candidate.id === id);
      if (hit !== undefined) this.#event.set(hit);
    } catch (error) {
      if (!isAbort(error)) this.problem.set(toProblem(error));
    }
  }
}
