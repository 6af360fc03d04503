import { Component, inject, output } from '@angular/core';
import { Choice, type ChoiceOption } from '../choice/choice.ts';
import { Icon } from '../icon/icon.ts';
import { PopoverTrigger } from '../popover/popover-trigger.ts';
import { ThemeChoice, type Theme } from './theme.ts';

@Component({
  selector: 'ps-settings-menu',
  imports: [Choice, Icon, PopoverTrigger],
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
      <ps-choice
        label="Theme"
        [options]="themes"
        [value]="choice.theme()"
        (chosen)="choice.theme.set($event)"
      />
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
  protected readonly themes: readonly ChoiceOption<Theme>[] = [
    { value: 'system', label: 'System' },
    { value: 'light', label: 'Light' },
    { value: 'dark', label: 'Dark' },
  ];
  readonly help = output();
}
