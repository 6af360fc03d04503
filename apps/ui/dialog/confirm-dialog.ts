import { Component, ElementRef, signal, viewChild } from '@angular/core';

export interface Question {
  readonly title: string;
  readonly text: string;
  /** What the button that goes on says. */
  readonly action: string;
}

/** Asks before what cannot be undone. */
@Component({
  selector: 'ps-confirm-dialog',
  template: `
    <dialog
      #dialog
      class="form-dialog"
      role="alertdialog"
      aria-labelledby="confirm-title"
      aria-describedby="confirm-text"
      (close)="closed()"
    >
      @if (question(); as question) {
        <form method="dialog">
          <h2 id="confirm-title">{{ question.title }}</h2>
          <p id="confirm-text">{{ question.text }}</p>
          <div class="actions">
            <button type="submit" class="button danger" value="yes">{{ question.action }}</button>
            <button type="submit" class="button" value="" autofocus i18n>Cancel</button>
          </div>
        </form>
      }
    </dialog>
  `,
})
export class ConfirmDialog {
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');
  protected readonly question = signal<Question | null>(null);
  #answer: ((yes: boolean) => void) | null = null;

  /** Whether the answer was yes; closing the dialog is a no. */
  ask(question: Question): Promise<boolean> {
    this.#answer?.(false);
    this.question.set(question);
    const dialog = this.dialog().nativeElement;
    dialog.returnValue = '';
    if (!dialog.open) dialog.showModal();
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  protected closed(): void {
    this.#answer?.(this.dialog().nativeElement.returnValue === 'yes');
    this.#answer = null;
  }
}
