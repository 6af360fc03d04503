import { Component, ElementRef, viewChild } from '@angular/core';
import { Icon } from '../icon/icon.ts';

@Component({
  selector: 'ps-help-dialog',
  imports: [Icon],
  templateUrl: './help-dialog.html',
})
export class HelpDialog {
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  protected readonly keys: readonly { readonly keys: readonly string[]; readonly what: string }[] =
    [
      { keys: ['/'], what: $localize`Go to the query` },
      { keys: ['j', 'k'], what: $localize`Next, previous row` },
      { keys: ['Enter'], what: $localize`Open the event` },
      { keys: ['Esc'], what: $localize`Close, go back` },
      { keys: ['+', '-'], what: $localize`Filter by the focused field or value, in or out` },
      { keys: ['a', 'y'], what: $localize`Make the focused field a column, copy its value` },
      { keys: ['c'], what: $localize`What surrounded the event` },
      { keys: ['t'], what: $localize`The trace of the event` },
      { keys: ['d'], what: $localize`Time range` },
      { keys: ['l'], what: $localize`Live tail on, off` },
      { keys: ['m'], what: $localize`Similar messages on, off (with a search index)` },
      { keys: ['p'], what: $localize`Messages grouped by what they have in common` },
      { keys: ['w'], what: $localize`Wrap long messages` },
      { keys: ['s'], what: $localize`Save this search` },
      { keys: ['r'], what: $localize`Search again` },
      { keys: ['?'], what: $localize`This page` },
    ];
  protected readonly examples: readonly { readonly query: string; readonly what: string }[] = [
    { query: 'level:>=warn', what: $localize`warnings and worse` },
    {
      query: '"failed to connect" AND -service:auth',
      what: $localize`a phrase, without one service`,
    },
    { query: 'service:(api OR web)', what: $localize`one of several values` },
    { query: 'message:*imeou*', what: $localize`part of a word` },
    { query: 'metadata.latency:>250', what: $localize`numbers compare as numbers` },
    { query: 'resourceId:server-*', what: $localize`a wildcard in a value` },
    { query: 'message:/time(d )?out/', what: $localize`a regular expression` },
  ];

  open(): void {
    const dialog = this.dialog().nativeElement;
    if (!dialog.open) dialog.showModal();
  }

  protected close(): void {
    this.dialog().nativeElement.close();
  }
}
