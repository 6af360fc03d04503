import { Directive, ElementRef, inject, input, signal } from '@angular/core';

const MARGIN = 8;

/**
 * A button that shows an element with the `popover` attribute under itself. The browser does the light
 * dismissal, Escape, the top layer and giving back the focus; only the place is computed here.
 */
@Directive({
  selector: 'button[psPopover]',
  host: {
    'aria-haspopup': 'dialog',
    '[attr.aria-expanded]': 'expanded()',
    '(click)': 'toggle()',
  },
  exportAs: 'psPopover',
})
export class PopoverTrigger {
  readonly psPopover = input.required<HTMLElement>();
  readonly #button = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly expanded = signal(false);
  #listening = false;

  toggle(): void {
    const popover = this.psPopover();
    if (!this.#listening) {
      popover.addEventListener('toggle', (event) => {
        this.expanded.set(event.newState === 'open');
      });
      this.#listening = true;
    }
    const open = popover.togglePopover({ source: this.#button });
    if (!open) return;
    this.#place(popover);
    const chosen = popover.querySelector<HTMLElement>('[aria-pressed="true"]');
    const first = chosen ?? popover.querySelector<HTMLElement>('button, a') ?? popover;
    first.focus({ preventScroll: true });
  }

  close(): void {
    this.psPopover().hidePopover();
  }

  #place(popover: HTMLElement): void {
    const button = this.#button.getBoundingClientRect();
    const width = popover.offsetWidth;
    const height = popover.offsetHeight;
    const right = Math.max(button.left + width, button.right);
    const left = Math.min(right, document.documentElement.clientWidth - MARGIN) - width;
    const below = button.bottom + 4;
    const fits = below + height + MARGIN <= window.innerHeight;
    popover.style.left = `${Math.max(MARGIN, left).toString()}px`;
    popover.style.top = `${(fits ? below : Math.max(MARGIN, window.innerHeight - height - MARGIN)).toString()}px`;
  }
}
