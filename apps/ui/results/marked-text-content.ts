import { DOCUMENT, Directive, ElementRef, effect, inject, input } from '@angular/core';
import type { TextPart } from './marked-text.ts';

/**
 * Makes the parts the content of the element: text nodes, and text in `mark` and `span` elements. A template would put
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

  #node({ text, marked, classes }: TextPart): string | HTMLElement {
    if (!marked && classes === '') return text;
    const element = this.#document.createElement(marked ? 'mark' : 'span');
    element.textContent = text;
    if (classes !== '') element.className = classes;
    return element;
  }
}
