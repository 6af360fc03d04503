import { Clipboard } from '@angular/cdk/clipboard';
import {
  Component,
  ElementRef,
  afterNextRender,
  computed,
  inject,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';
import type { IssuedToken } from '../../api/tokens-api.ts';
import { Icon } from '../../icon/icon.ts';

/** The text of a token, this once, and how to try it. */
@Component({
  selector: 'ps-token-secret',
  imports: [Icon],
  template: `
    <dialog
      #dialog
      class="form-dialog"
      closedby="none"
      aria-labelledby="secret-title"
      (close)="closed.emit()"
    >
      <form method="dialog">
        <h2 id="secret-title" i18n>The token {{ issued().token.name }}</h2>
        <p i18n>
          It is shown this once and stored nowhere in this form: copy it now to where it is used.
        </p>
        <div class="code">
          <code id="token-text">{{ issued().text }}</code>
          <button type="button" class="button small outlined" autofocus (click)="copy('text')">
            <ps-icon [name]="copied() === 'text' ? 'check' : 'copy'" class="small" />
            <span i18n>Copy the token</span>
          </button>
        </div>
        <p i18n>Try it, here or where logs are sent from:</p>
        <div class="code">
          <code>{{ command() }}</code>
          <button type="button" class="button small outlined" (click)="copy('command')">
            <ps-icon [name]="copied() === 'command' ? 'check' : 'copy'" class="small" />
            <span i18n>Copy the command</span>
          </button>
        </div>
        <p class="visually-hidden" role="status">
          @if (copied() !== null) {
            <ng-container i18n>Copied</ng-container>
          }
        </p>
        <div class="actions">
          <button type="submit" class="button primary" i18n>Done</button>
        </div>
      </form>
    </dialog>
  `,
})
export class TokenSecret {
  readonly #clipboard = inject(Clipboard);
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');
  readonly issued = input.required<IssuedToken>();
  readonly closed = output();

  protected readonly copied = signal<'text' | 'command' | null>(null);
  protected readonly command = computed(() => {
    const { token, text } = this.issued();
    const event = JSON.stringify({ service: token.services?.[0] ?? 'hello', message: 'Hello' });
    return [
      `curl ${location.origin}/logs`,
      `-H 'authorization: Bearer ${text}'`,
      `-H 'content-type: application/json'`,
      `-d '${event.replaceAll("'", String.raw`'\''`)}'`,
    ].join(' ');
  });

  constructor() {
    afterNextRender(() => {
      this.dialog().nativeElement.showModal();
    });
  }

  protected copy(what: 'text' | 'command'): void {
    const text = what === 'text' ? this.issued().text : this.command();
    this.copied.set(this.#clipboard.copy(text) ? what : null);
  }
}
