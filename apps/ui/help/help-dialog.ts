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
      { keys: ['/'], what: 'Go to the query' },
      { keys: ['j', 'k'], what: 'Next, previous row' },
      { keys: ['Enter'], what: 'Open the event' },
      { keys: ['Esc'], what: 'Close, go back' },
      { keys: ['+', '-'], what: 'Filter by the focused field or value, in or out' },
      { keys: ['a', 'y'], what: 'Make the focused field a column, copy its value' },
      { keys: ['c'], what: 'What surrounded the event' },
      { keys: ['t'], what: 'The trace of the event' },
      { keys: ['d'], what: 'Time range' },
      { keys: ['l'], what: 'Live tail on, off' },
      { keys: ['m'], what: 'Similar messages on, off (with a search index)' },
      { keys: ['p'], what: 'Messages grouped by what they have in common' },
      { keys: ['w'], what: 'Wrap long messages' },
      { keys: ['s'], what: 'Save this search' },
      { keys: ['r'], what: 'Search again' },
      { keys: ['?'], what: 'This page' },
    ];
  protected readonly examples: readonly { readonly query: string; readonly what: string }[] = [
    { query: 'level:>=warn', what: 'warnings and worse' },
    { query: '"failed to connect" AND -service:auth', what: 'a phrase, without one service' },
    { query: 'service:(api OR web)', what: 'one of several values' },
    { query: 'message:*imeou*', what: 'part of a word' },
    { query: 'metadata.latency:>250', what: 'numbers compare as numbers' },
    { query: 'resourceId:server-*', what: 'a wildcard in a value' },
    { query: 'message:/time(d )?out/', what: 'a regular expression' },
  ];

  open(): void {
    const dialog = this.dialog().nativeElement;
    if (!dialog.open) dialog.showModal();
  }

  protected close(): void {
    this.dialog().nativeElement.close();
  }
}
