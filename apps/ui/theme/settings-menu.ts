import { Component, inject, output } from '@angular/core';
import { Icon } from '../icon/icon.ts';
import { PopoverTrigger } from '../popover/popover-trigger.ts';
import { THEMES, ThemeChoice } from './theme.ts';

@Component({
  selector: 'ps-settings-menu',
  imports: [Icon, PopoverTrigger],
  template: `
    <button
      #trigger="psPopover"
      type="button"
      class="button icon"
      [psPopover]="menu"
      aria-label="Settings and help"
      title="Settings and help"
    >
      <ps-icon name="menu" />
    </button>
    <div #menu popover class="popover" role="dialog" aria-label="Settings and help">
      <p class="menu-title">Theme</p>
      <div class="segmented theme-choice" role="group" aria-label="Theme">
        @for (theme of themes; track theme) {
          <button
            type="button"
            class="button small"
            [attr.aria-pressed]="choice.theme() === theme"
            (click)="choice.theme.set(theme)"
          >
            {{ names[theme] }}
          </button>
        }
      </div>
      <p class="menu-title">Help</p>
      <button type="button" class="menu-item" (click)="trigger.close(); help.emit()">
        Keys and queries <span class="hint"><kbd>?</kbd></span>
      </button>
      <a class="menu-item" href="/api/docs" (click)="trigger.close()">API documentation</a>
    </div>
  `,
})
export class SettingsMenu {
  protected readonly choice = inject(ThemeChoice);
  protected readonly themes = THEMES;
  protected readonly names = { system: 'System', light: 'Light', dark: 'Dark' } as const;
  readonly help = output();
}
