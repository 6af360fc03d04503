import { Component, ElementRef, signal, viewChild } from '@angular/core';

interface Grace {
  readonly seconds: number;
  readonly label: string;
}

const DAY = 86_400;

/** Asks how long the secret before a rotation goes on being accepted. */
@Component({
  selector: 'ps-rotate-dialog',
  template: `
    <dialog #dialog class="form-dialog" aria-labelledby="rotate-title" (close)="closed()">
      <form method="dialog">
        <h2 id="rotate-title" i18n>A new secret for {{ name() }}</h2>
        <p i18n>Senders take the new one; the one they have now goes on being accepted for:</p>
        <label>
          <span i18n>The old secret is accepted for</span>
          <select #grace class="text-input" (change)="seconds.set(Number(grace.value))">
            @for (each of graces; track each.seconds) {
              <option [value]="each.seconds" [selected]="each.seconds === seconds()">
                {{ each.label }}
              </option>
            }
          </select>
        </label>
        <div class="actions">
          <button type="submit" class="button primary" value="yes" i18n>Rotate</button>
          <button type="submit" class="button" value="" i18n>Cancel</button>
        </div>
      </form>
    </dialog>
  `,
})
export class RotateDialog {
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');
  protected readonly Number = Number;
  protected readonly graces: readonly Grace[] = [
    { seconds: 0, label: $localize`not at all: it may be known to others` },
    { seconds: 3_600, label: $localize`an hour` },
    { seconds: DAY, label: $localize`a day` },
    { seconds: 7 * DAY, label: $localize`a week` },
    { seconds: 30 * DAY, label: $localize`30 days` },
  ];
  protected readonly name = signal('');
  protected readonly seconds = signal(DAY);
  #answer: ((seconds: number | null) => void) | null = null;

  /** Seconds; null where it is left as it is. */
  ask(name: string): Promise<number | null> {
    this.#answer?.(null);
    this.name.set(name);
    this.seconds.set(DAY);
    const dialog = this.dialog().nativeElement;
    dialog.returnValue = '';
    if (!dialog.open) dialog.showModal();
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  protected closed(): void {
    const yes = this.dialog().nativeElement.returnValue === 'yes';
    this.#answer?.(yes ? this.seconds() : null);
    this.#answer = null;
  }
}
