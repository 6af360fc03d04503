import { Component, computed, input, output } from '@angular/core';
import type { LogHit } from '../api/log-hit.ts';
import { counted, eventCount } from '../i18n/counted.ts';
import { visibleText } from '../results/visible-text.ts';
import { formatSpan, layOutTrace, type TraceMark } from './trace-layout.ts';

/** The events of a trace on a time line, a lane for each span. */
@Component({
  selector: 'ps-trace-timeline',
  template: `
    <p class="summary">{{ summary() }}</p>
    <ul class="lanes" aria-label="Spans" i18n-aria-label>
      @for (lane of layout().lanes; track $index) {
        <li class="lane" [title]="lane.spanId ?? ''">
          <span class="service from-log">{{ visible(lane.service) }}</span>
          <span class="track">
            <i class="extent" [style.left.%]="lane.from" [style.width.%]="lane.to - lane.from"></i>
            @for (mark of lane.marks; track mark.hit.id) {
              <button
                type="button"
                tabindex="-1"
                [class]="'mark level-' + mark.hit.level"
                [style.left.%]="mark.at"
                [title]="describe(mark)"
                [attr.aria-label]="describe(mark)"
                [attr.aria-current]="mark.hit.id === event().id"
                (click)="opened.emit(mark.hit)"
              ></button>
            }
          </span>
          <!-- Of one event no duration is known. -->
          <span class="took">{{ lane.marks.length > 1 ? format(lane.micros) : '' }}</span>
        </li>
      }
    </ul>
    @if (layout().more > 0) {
      <p class="summary" i18n>
        {layout().more, plural,
          =1 {1 further span is}
          other {{{ layout().more }} further spans are}
        }
        in the list below.
      </p>
    }
  `,
})
export class TraceTimeline {
  /** Oldest first. */
  readonly hits = input.required<readonly LogHit[]>();
  readonly event = input.required<LogHit>();
  readonly opened = output<LogHit>();

  protected readonly visible = visibleText;
  protected readonly format = formatSpan;
  protected readonly layout = computed(() => layOutTrace(this.hits()));
  protected readonly summary = computed(() => {
    const { lanes, more, services, micros } = this.layout();
    const parts = [
      eventCount(this.hits().length),
      counted($localize`:number of spans:one {# span} other {# spans}`, lanes.length + more),
      counted($localize`:number of services:one {# service} other {# services}`, services),
      formatSpan(micros),
    ];
    return parts.join(' · ');
  });

  protected describe({ hit, micros }: TraceMark): string {
    return `+${formatSpan(micros)} ${hit.level} ${visibleText(hit.message.slice(0, 200))}`;
  }
}
