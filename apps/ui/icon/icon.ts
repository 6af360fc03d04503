import { Component, computed, input } from '@angular/core';

/** Outlines on a 16 px grid. */
const PATHS = {
  refresh: 'M13 8a5 5 0 1 1-1.5-3.5M13 2v3h-3',
  live: 'M8 6.8a1.2 1.2 0 1 1 0 2.4 1.2 1.2 0 0 1 0-2.4M4.8 11.2a4.5 4.5 0 0 1 0-6.4M11.2 4.8a4.5 4.5 0 0 1 0 6.4M2.8 13.2a7.3 7.3 0 0 1 0-10.4M13.2 2.8a7.3 7.3 0 0 1 0 10.4',
  clock: 'M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11M8 5v3.2l2 1.3',
  chevron: 'M4.5 6.5 8 10l3.5-3.5',
  right: 'M6.5 4.5 10 8l-3.5 3.5',
  close: 'M4 4l8 8M12 4l-8 8',
  plus: 'M8 3.5v9M3.5 8h9',
  minus: 'M3.5 8h9',
  copy: 'M5.5 5.5h7v7h-7zM3.5 10.5v-7h7',
  check: 'M3.5 8.5l3 3 6-7',
  filter: 'M2.5 4h11M4.5 8h7M6.5 12h3',
  fields: 'M2.5 3.5h11v9h-11zM6.5 3.5v9',
  menu: 'M8 3.2v.1M8 8v.1M8 12.7v.1',
  download: 'M8 2.5v7M5 7l3 3 3-3M3 13h10',
  columns: 'M2.5 3.5h11v9h-11zM6.2 3.5v9M9.8 3.5v9',
  rows: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  patterns: 'M3 3.5h10M3 6.5h6M3 9.5h10M3 12.5h6',
  off: 'M8 2.8v4.4M4.6 4.9a4.8 4.8 0 1 0 6.8 0',
  negate: 'M3.5 6h9M3.5 10h9M10.5 3l-5 10',
  history: 'M3.2 5.2A5.5 5.5 0 1 1 2.5 8M3 2.6v2.8h2.8M8 5v3.2l2 1.3',
  star: 'M8 2.4l1.7 3.6 3.9.5-2.9 2.7.8 3.9L8 11.2l-3.5 1.9.8-3.9L2.4 6.5l3.9-.5z',
  user: 'M8 2.5a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.4M2.8 13.5a5.2 5.2 0 0 1 10.4 0',
  pin: 'M6 2.5h4l-.5 4 2 2.5h-7l2-2.5zM8 9v4.5',
  left: 'M9.5 4.5 6 8l3.5 3.5',
  calendar: 'M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2.5V5M10.5 2.5V5',
  stats: 'M3 13V8M6.5 13V3.5M10 13V6M13.5 13v-3',
  compare: 'M2.5 11l3.5-4 3 2.5 4.5-6M2.5 13.5l3.5-2 3 1 4.5-3',
  wide: 'M6 4.5 2.5 8 6 11.5M10 4.5 13.5 8 10 11.5',
  trace: 'M2.5 4h6M5 8h6M8 12h5.5',
  wrap: 'M2.5 4h11M2.5 8h9a2 2 0 0 1 0 4H8M9.5 10.5 8 12l1.5 1.5M2.5 12h3',
  up: 'M4.5 9.5 8 6l3.5 3.5',
  pause: 'M5.5 4v8M10.5 4v8',
  play: 'M5 3.5l7 4.5-7 4.5z',
  zoomOut: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.3 10.3l3.2 3.2M5 7h4',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.3 10.3l3.2 3.2',
  similar: 'M2.5 6.2c1.8-2 3.7-2 5.5-.6s3.7 1.4 5.5-.6M2.5 11c1.8-2 3.7-2 5.5-.6s3.7 1.4 5.5-.6',
  warning: 'M8 2.5l6 11H2zM8 6.5v3.2M8 11.6v.1',
  link: 'M6.5 9.5l3-3M7 4.5l1-1a3 3 0 0 1 4.3 4.3l-1 1M9 11.5l-1 1a3 3 0 0 1-4.3-4.3l1-1',
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration beside a name: hidden from assistive technology. */
@Component({
  selector: 'ps-icon',
  template: '<svg viewBox="0 0 16 16" aria-hidden="true"><path [attr.d]="path()" /></svg>',
})
export class Icon {
  readonly name = input.required<IconName>();
  protected readonly path = computed(() => PATHS[this.name()]);
}
