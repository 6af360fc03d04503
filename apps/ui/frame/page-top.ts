import { Component } from '@angular/core';
import { RouterLink } from '@angular/router';
import { AccountMenu } from '../access/account-menu.ts';
import { SettingsMenu } from '../theme/settings-menu.ts';

/** The line at the top of pages without a query: the way back, what they put there, and the menus. */
@Component({
  selector: 'ps-page-top',
  imports: [AccountMenu, RouterLink, SettingsMenu],
  template: `
    <a class="brand" routerLink="/" aria-label="Penstock: search" i18n-aria-label>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d="M2 4.5h6.2a3.3 3.3 0 0 1 3.3 3.3V12" />
        <path d="M8.5 12h6" />
      </svg>
      <h1 i18n>Penstock</h1>
    </a>
    <ng-content />
    <ps-settings-menu [keys]="false" />
    <ps-account-menu />
  `,
})
export class PageTop {}
