import {
  Component,
  ElementRef,
  computed,
  effect,
  inject,
  input,
  model,
  output,
  signal,
} from '@angular/core';
import { Clipboard } from '@angular/cdk/clipboard';
import { addFilter, messageTemplate, templateQuery } from '../../../libs/query/page.ts';
import type { LogHit } from '../api/log-hit.ts';
import { number } from '../i18n/counted.ts';
import { Icon } from '../icon/icon.ts';
import { MarkedTextContent } from '../results/marked-text-content.ts';
import { readAnsi } from '../results/ansi-text.ts';
import { markText, type Highlighter } from '../results/marked-text.ts';
import { visibleText } from '../results/visible-text.ts';
import { formatTimestamp, type Zone } from '../time-range/format-time.ts';
import { FieldList, type FieldFilter } from './field-list.ts';
import { Neighbours } from './neighbours.ts';
import { prettyJson } from './pretty-json.ts';

export const DETAIL_VIEWS = ['fields', 'context', 'trace', 'json'] as const;
export type DetailView = (typeof DETAIL_VIEWS)[number];

const MESSAGE_SHOWN = 10_000;

@Component({
  selector: 'ps-event-detail',
  imports: [FieldList, Icon, MarkedTextContent, Neighbours],
  templateUrl: './event-detail.html',
})
export class EventDetail {
  readonly #clipboard = inject(Clipboard);
  readonly #element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  readonly event = input.required<LogHit>();
  readonly zone = input.required<Zone>();
  readonly view = input.required<DetailView>();
  readonly highlighter = input.required<Highlighter>();
  readonly viewChange = output<DetailView>();
  /** Most of the screen is the panel's. */
  readonly wide = model(false);
  readonly closed = output();
  /** -1 to the newer neighbour in the list, 1 to the older one. */
  readonly stepped = output<-1 | 1>();
  readonly opened = output<LogHit>();
  readonly filtered = output<FieldFilter>();
  /** The fields that are columns of the rows. */
  readonly columns = input<readonly string[]>([]);
  readonly columnToggled = output<string>();
  /** What this query finds is wanted, over all time. */
  readonly queryWanted = output<string>();

  protected readonly tabs: readonly { readonly view: DetailView; readonly label: string }[] = [
    { view: 'fields', label: $localize`Fields` },
    { view: 'context', label: $localize`Context` },
    { view: 'trace', label: $localize`Trace` },
    { view: 'json', label: 'JSON' },
  ];
  protected readonly time = computed(() =>
    formatTimestamp(this.event().timestamp, this.zone(), true),
  );
  protected readonly whole = signal(false);
  protected readonly copied = signal<'json' | 'message' | 'link' | null>(null);
  /** The message in lines where it is JSON, else null. */
  protected readonly pretty = computed(() => prettyJson(this.event().message));
  /** The query for messages that differ from this one in numbers and ids; null where it has no words. */
  protected readonly alike = computed(() => templateQuery(messageTemplate(this.event().message)));
  protected readonly asSent = signal(false);
  protected readonly message = computed(() => {
    const text = (this.asSent() ? null : this.pretty()) ?? this.event().message;
    const shown = this.whole() ? text : text.slice(0, MESSAGE_SHOWN);
    return markText(readAnsi(shown), this.highlighter());
  });
  protected readonly length = computed(() => number(this.event().message.length));
  protected readonly cut = computed(
    () => !this.whole() && this.event().message.length > MESSAGE_SHOWN,
  );
  protected readonly json = computed(() => JSON.stringify(this.event(), null, 2));
  protected readonly shownJson = computed(() => visibleText(this.json()));

  constructor() {
    effect(() => {
      this.event();
      this.whole.set(false);
      this.copied.set(null);
    });
  }

  /** Puts the keyboard into the panel: on its first field. */
  focus(): void {
    const field = this.#element.querySelector<HTMLElement>('li[tabindex="0"]');
    (field ?? this.#element.querySelector<HTMLElement>('[role="tab"][tabindex="0"]'))?.focus();
  }

  protected showTrace(traceId: string): void {
    this.queryWanted.emit(addFilter('', 'traceId', traceId, false));
  }

  protected copy(what: 'json' | 'message' | 'link'): void {
    const text = { json: this.json(), message: this.event().message, link: location.href }[what];
    if (this.#clipboard.copy(text)) this.copied.set(what);
  }

  protected tabKey(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const at = this.tabs.findIndex((tab) => tab.view === this.view());
    const next = this.tabs[(at + step + this.tabs.length) % this.tabs.length];
    if (next === undefined) return;
    event.preventDefault();
    this.viewChange.emit(next.view);
    this.#element.querySelector<HTMLElement>(`#tab-${next.view}`)?.focus();
  }
}
