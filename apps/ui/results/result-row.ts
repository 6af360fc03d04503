import { Component, computed, input } from '@angular/core';
import type { LogHit } from '../api/log-hit.ts';
import { fieldText, SOURCE } from '../columns/field-text.ts';
import { formatTimestamp, type Zone } from '../time-range/format-time.ts';
import { readAnsi } from './ansi-text.ts';
import { MarkedTextContent } from './marked-text-content.ts';
import { markText, type Highlighter } from './marked-text.ts';
import { visibleText } from './visible-text.ts';

/** More of a message never fits into a row; the panel has it all. */
const MESSAGE_SHOWN = 2_000;
const CELL_SHOWN = 200;

/** Says that there are further lines, and how they begin. */
function inOneLine(message: string): string {
  return message.trimEnd().replace(/\s*\n\s*/gu, ' ↵ ');
}

const SOURCE_ALONE: readonly string[] = [SOURCE];

@Component({
  selector: 'ps-result-row',
  imports: [MarkedTextContent],
  template: `
    <time class="time">{{ time() }}</time>
    <span class="level level-name">{{ hit().level }}</span>
    @for (cell of cells(); track $index) {
      <span class="cell from-log" [title]="cell">{{ cell }}</span>
    }
    <span class="text">
      @if (repeats() > 1) {
        <span class="repeats" title="{{ repeats() }} events in a row" i18n-title
          >×{{ repeats() }}</span
        >
      }
      <span class="message from-log" [psMarkedText]="message()"></span>
    </span>
  `,
  host: { '[class]': "'level-' + hit().level" },
})
export class ResultRow {
  readonly hit = input.required<LogHit>();
  readonly zone = input.required<Zone>();
  readonly highlighter = input.required<Highlighter>();
  readonly columns = input<readonly string[]>(SOURCE_ALONE);
  readonly micros = input(false);
  /** Only one line of the message is drawn. */
  readonly oneLine = input(true);
  /** How many events the row stands for. */
  readonly repeats = input(1);

  protected readonly time = computed(() =>
    formatTimestamp(this.hit().timestamp, this.zone(), this.micros()),
  );
  protected readonly cells = computed(() =>
    this.columns().map((name) => visibleText(fieldText(this.hit(), name).slice(0, CELL_SHOWN))),
  );
  protected readonly message = computed(() => {
    const shown = this.hit().message.slice(0, MESSAGE_SHOWN);
    return markText(readAnsi(this.oneLine() ? inOneLine(shown) : shown), this.highlighter());
  });
}
