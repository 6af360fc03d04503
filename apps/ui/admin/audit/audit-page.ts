import {
  Component,
  DestroyRef,
  ElementRef,
  afterNextRender,
  computed,
  effect,
  inject,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { AuditApi, type AuditEntry, type AuditSearch } from '../../api/audit-api.ts';
import { Icon } from '../../icon/icon.ts';
import { visibleText } from '../../results/visible-text.ts';
import { formatInstant } from '../../time-range/format-time.ts';
import { AdminLocation } from '../admin-location.ts';
import { AuditEntries } from './audit-entries.ts';
import { actionName, AUDIT_ACTIONS, detailText } from './audit-text.ts';

interface Range {
  readonly from: string;
  readonly label: string;
}

/** Who did what, newest first. */
@Component({
  selector: 'ps-audit-page',
  imports: [Icon],
  providers: [AdminLocation],
  templateUrl: './audit-page.html',
})
export class AuditPage {
  readonly #api = inject(AuditApi);
  protected readonly location = inject(AdminLocation);
  private readonly end = viewChild.required<ElementRef<HTMLElement>>('end');
  protected readonly entries = new AuditEntries(this.#api);

  protected readonly q = this.location.parameter('q');
  protected readonly actor = this.location.parameter('actor');
  protected readonly action = this.location.parameter('action');
  protected readonly from = this.location.parameter('from');
  protected readonly to = this.location.parameter('to');
  protected readonly actions = AUDIT_ACTIONS;
  protected readonly ranges: readonly Range[] = [
    { from: '', label: $localize`All time` },
    { from: '-1h', label: $localize`Last hour` },
    { from: '-24h', label: $localize`Last day` },
    { from: '-7d', label: $localize`Last week` },
    { from: '-30d', label: $localize`Last 30 days` },
  ];
  /** A range of the URL that is none of those above. */
  protected readonly otherRange = computed(() => {
    const [from, to] = [this.from(), this.to()];
    return to === '' && this.ranges.some((range) => range.from === from)
      ? null
      : `${from || '…'} – ${to || '…'}`;
  });
  readonly #search = computed<AuditSearch>(
    () => ({
      q: this.q().trim(),
      actor: this.actor().trim(),
      action: this.action(),
      from: this.from(),
      to: this.to(),
    }),
    { equal: (a, b) => JSON.stringify(a) === JSON.stringify(b) },
  );
  protected readonly nothing = computed(() =>
    Object.values(this.#search()).every((asked) => asked === '')
      ? $localize`Nothing is noted yet: logins, exports, and changes of users, tokens and quarantine will be.`
      : $localize`Nothing that is noted matches. A longer time range or fewer words find more.`,
  );
  protected readonly exportUrl = computed(() => this.#api.exportUrl(this.#search()));
  /** The last entry is near the screen. */
  readonly #nearEnd = signal(false);

  protected readonly visible = visibleText;
  protected readonly actionName = actionName;
  protected readonly detailText = detailText;

  constructor() {
    effect(() => {
      const search = this.#search();
      untracked(() => {
        this.entries.begin(search);
      });
    });
    effect(() => {
      // Entries may be fewer than the screen has room for: looked at again after each page.
      this.entries.list();
      this.entries.reading();
      if (this.#nearEnd())
        untracked(() => {
          this.entries.more();
        });
    });
    const observer = new IntersectionObserver(
      ([last]) => {
        this.#nearEnd.set(last?.isIntersecting === true);
      },
      { rootMargin: '600px' },
    );
    afterNextRender(() => {
      observer.observe(this.end().nativeElement);
    });
    inject(DestroyRef).onDestroy(() => {
      observer.disconnect();
      this.entries.end();
    });
  }

  protected time({ at }: AuditEntry): string {
    return formatInstant(Date.parse(at), 'local');
  }

  protected set(parameters: Readonly<Record<string, string | null>>): void {
    this.location.set(parameters, false);
  }
}
