import { Component, DestroyRef, inject, output, signal } from '@angular/core';
import { Clipboard } from '@angular/cdk/clipboard';
import { RouterLink } from '@angular/router';
import { Session } from '../access/session.ts';
import { SearchApi } from '../api/search-api.ts';
import { Icon } from '../icon/icon.ts';

const POLL_MS = 1_000;

/** How to send the first event; looks for it once a second. */
@Component({
  selector: 'ps-nothing-stored',
  imports: [Icon, RouterLink],
  template: `
    <div class="blank">
      <h2 i18n>Nothing is stored yet</h2>
      <p i18n>Send a first event. It appears here by itself.</p>
      <div class="code">
        <code>{{ command }}</code>
        <button type="button" class="button small outlined" (click)="copy()">
          <ps-icon [name]="copied() ? 'check' : 'copy'" class="small" />
          @if (copied()) {
            <ng-container i18n>Copied</ng-container>
          } @else {
            <ng-container i18n>Copy</ng-container>
          }
        </button>
      </div>
      @if (access.controlled() && access.may('tokens:read')) {
        <p class="token" i18n>
          Where ingest asks for a token: <a routerLink="/admin/tokens">make an ingest token</a> and
          put it in the place of <code>{{ token }}</code>.
        </p>
      } @else if (access.controlled()) {
        <p class="token" i18n>
          Where ingest asks for a token: ask an admin for one and put it in the place of
          <code>{{ token }}</code>.
        </p>
      }
      <p class="waiting" role="status" i18n>
        <span class="live-dot on"></span>Waiting for the first event
      </p>
    </div>
  `,
})
export class NothingStored {
  readonly #api = inject(SearchApi);
  readonly #clipboard = inject(Clipboard);
  readonly arrived = output();

  protected readonly access = inject(Session);
  protected readonly copied = signal(false);
  /** What stands in the command for a token. */
  protected readonly token = $localize`:stands for a token:<ingest token>`;
  protected readonly command = [
    `curl ${location.origin}/logs`,
    ...(this.access.controlled() ? [`-H 'Authorization: Bearer ${this.token}'`] : []),
    `-H 'content-type: application/json'`,
    `-d '{"level":"info","service":"hello","message":"Hello, Penstock"}'`,
  ].join(' ');

  constructor() {
    const abort = new AbortController();
    const timer = setInterval(() => void this.#look(abort.signal), POLL_MS);
    inject(DestroyRef).onDestroy(() => {
      clearInterval(timer);
      abort.abort();
    });
  }

  protected copy(): void {
    this.copied.set(this.#clipboard.copy(this.command));
  }

  async #look(signal: AbortSignal): Promise<void> {
    const everything = { q: '', from: null, to: null, cursor: null, limit: 1 };
    const answer = await this.#api.search(everything, signal).catch(() => null);
    if (answer !== null && answer.hits.length > 0) this.arrived.emit();
  }
}
