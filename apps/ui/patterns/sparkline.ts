import { Component, computed, input } from '@angular/core';

const HEIGHT = 16;
/** What holds something is seen. */
const LEAST = 1;

/** Counts over time as bars, without an axis. */
@Component({
  selector: 'ps-sparkline',
  template: `
    <svg
      [attr.viewBox]="'0 0 ' + counts().length + ' 16'"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path [attr.d]="path()" />
    </svg>
  `,
})
export class Sparkline {
  readonly counts = input.required<readonly number[]>();
  protected readonly path = computed(() => barsPath(this.counts()));
}

/** One rectangle for each count, a unit wide. */
export function barsPath(counts: readonly number[]): string {
  const most = Math.max(1, ...counts);
  return counts
    .map((count, at) => {
      if (count === 0) return '';
      const height = Math.max(LEAST, (count / most) * HEIGHT);
      return `M${at.toString()} ${HEIGHT.toString()}v-${height.toFixed(2)}h0.9v${height.toFixed(2)}z`;
    })
    .join('');
}
