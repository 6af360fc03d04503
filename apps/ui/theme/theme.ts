import { DOCUMENT, Injectable, effect, inject, signal } from '@angular/core';
import { readStored, store } from '../storage/stored-value.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'penstock.theme';

/** Light, dark or what the system says; kept in this browser. */
@Injectable({ providedIn: 'root' })
export class ThemeChoice {
  readonly #document = inject(DOCUMENT);
  readonly theme = signal<Theme>(readStored(KEY, isTheme) ?? 'system');

  constructor() {
    effect(() => {
      const theme = this.theme();
      const root = this.#document.documentElement;
      if (theme === 'system') root.removeAttribute('data-theme');
      else root.setAttribute('data-theme', theme);
      store(KEY, theme);
    });
  }
}

function isTheme(value: unknown): value is Theme {
  return THEMES.some((theme) => theme === value);
}
