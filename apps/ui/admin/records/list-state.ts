import { Component, input } from '@angular/core';
import type { KeptList } from './kept-list.ts';

/** Between the head of a list and the list: what failed, what the last change has come to, that it is being read. */
@Component({
  selector: 'ps-list-state',
  template: `
    @if (list().problem(); as problem) {
      <p class="notice failed" role="alert">
        <span class="text">{{ problem }}</span>
        <button type="button" class="button small outlined" (click)="list().read()" i18n>
          Try again
        </button>
      </p>
    }
    <p class="news" role="status">{{ list().news() }}</p>
    @if (list().items() === null && list().problem() === null) {
      <p class="none" role="status" i18n>Loading…</p>
    }
  `,
})
export class ListState {
  readonly list = input.required<KeptList<unknown>>();
}
