import { DOCUMENT, Directive, ElementRef, effect, inject, input } from '@angular/core';
import type { TextPart } from './marked-text.ts';

/**
 * Makes the parts the content of the element: text nodes, and text in `mark` elements. A template would put
 * white space between them, which counts in a log's text; and text nodes cannot become markup.
 */
@Directive({ selector: '[psMarkedText]' })
export class MarkedTextContent {
  readonly psMarkedText = input.required<readonly TextPart[]>();
  readonly #document = inject(DOCUMENT);
  readonly #element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  constructor() {
    effect(() => {
      this.#element.replaceChildren(...this.psMarkedText().map((part) => this.#node(part)));
    });
  }

  #node({ text, marked }: TextPart): string | HTMLElement {
    if (!marked) return text;
    const mark = this.#document.createElement('mark');
    mark.textContent = text;
    return mark;
  }
}
