import { Component, computed, inject, input, output } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Session } from '../access/session.ts';
import { Choice, type ChoiceOption } from '../choice/choice.ts';
import { Icon } from '../icon/icon.ts';
import { PopoverTrigger } from '../popover/popover-trigger.ts';
import { ThemeChoice, type Theme } from './theme.ts';

@Component({
  selector: 'ps-settings-menu',
  imports: [Choice, Icon, PopoverTrigger, RouterLink],
  template: `
    <button
      #trigger="psPopover"
      type="button"
      class="button icon"
      [psPopover]="menu"
      aria-label="Settings and help"
      i18n-aria-label
      title="Settings and help"
      i18n-title
    >
      <ps-icon name="menu" />
    </button>
    <div #menu popover class="popover" role="dialog" aria-label="Settings and help" i18n-aria-label>
      <p class="menu-title" i18n>Theme</p>
      <ps-choice
        label="Theme"
        i18n-label
        [options]="themes"
        [value]="choice.theme()"
        (chosen)="choice.theme.set($event)"
      />
      @if (administration(); as first) {
        <p class="menu-title" i18n>Administration</p>
        <a class="menu-item" [routerLink]="first" (click)="trigger.close()" i18n
          >Users, tokens, quarantine, audit log</a
        >
      }
      <p class="menu-title" i18n>Help</p>
      @if (keys()) {
        <button type="button" class="menu-item" (click)="trigger.close(); help.emit()" i18n>
          Keys and queries <span class="hint"><kbd>?</kbd></span>
        </button>
      }
      <a class="menu-item" href="/api/docs" (click)="trigger.close()" i18n>API documentation</a>
    </div>
  `,
})
export class SettingsMenu {
  protected readonly choice = inject(ThemeChoice);
  protected readonly themes: readonly ChoiceOption<Theme>[] = [
    { value: 'system', label: $localize`System` },
    { value: 'light', label: $localize`Light` },
    { value: 'dark', label: $localize`Dark` },
  ];
  readonly #session = inject(Session);
  /** The page has keys to tell of. */
  readonly keys = input(true);
  readonly help = output();
  /** Where administration begins for who may see it; without access control there are no users. */
  protected readonly administration = computed(() => {
    if (!this.#session.may('tokens:read')) return null;
    return this.#session.controlled() ? '/admin/users' : '/admin/tokens';
  });
}
