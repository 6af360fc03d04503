import { Component, computed, input } from '@angular/core';
import type { LogHit } from '../api/log-hit.ts';
import { formatTimestamp, type Zone } from '../time-range/format-time.ts';
import { MarkedTextContent } from './marked-text-content.ts';
import { markText, type Highlighter } from './marked-text.ts';
import { visibleText } from './visible-text.ts';

/** More of a message never fits into a row; the panel has it all. */
const MESSAGE_SHOWN = 2_000;

@Component({
  selector: 'ps-result-row',
  imports: [MarkedTextContent],
  template: `
    <time class="time">{{ time() }}</time>
    <span class="level level-name">{{ hit().level }}</span>
    <span class="service from-log">{{ service() }}</span>
    <span class="message from-log" [psMarkedText]="message()"></span>
  `,
  host: { '[class]': "'level-' + hit().level" },
})
export class ResultRow {
  readonly hit = input.required<LogHit>();
  readonly zone = input.required<Zone>();
  readonly highlighter = input.required<Highlighter>();

  protected readonly time = computed(() => formatTimestamp(this.hit().timestamp, this.zone()));
  protected readonly service = computed(() =>
    visibleText(this.hit().service ?? this.hit().resourceId ?? ''),
  );
  protected readonly message = computed(() =>
    markText(visibleText(this.hit().message.slice(0, MESSAGE_SHOWN)), this.highlighter()),
  );
}
