import { Component, computed, inject } from '@angular/core';
import { RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import type { Permission } from '../api/session-api.ts';
import { Session } from '../access/session.ts';
import { PageTop } from '../frame/page-top.ts';

interface Part {
  readonly path: string;
  readonly label: string;
  readonly permission: Permission;
}

/** What admins look after; only the parts that they may see. */
@Component({
  selector: 'ps-admin-page',
  imports: [PageTop, RouterLink, RouterLinkActive, RouterOutlet],
  template: `
    <header>
      <ps-page-top>
        <nav aria-label="Administration" i18n-aria-label>
          @for (part of parts(); track part.path) {
            <a
              class="button"
              [routerLink]="part.path"
              routerLinkActive
              [ariaCurrentWhenActive]="'page'"
              >{{ part.label }}</a
            >
          }
        </nav>
      </ps-page-top>
    </header>
    <main class="admin-page">
      @if (parts().length > 0) {
        <router-outlet />
      } @else {
        <h2 i18n>Administration</h2>
        <p class="none" i18n>Only admins may see this. Ask one to change your role.</p>
      }
    </main>
  `,
})
export class AdminPage {
  readonly #session = inject(Session);
  readonly #parts: readonly Part[] = [
    { path: 'users', label: $localize`Users`, permission: 'users:read' },
    { path: 'tokens', label: $localize`Ingest tokens`, permission: 'tokens:read' },
    { path: 'quarantine', label: $localize`Quarantine`, permission: 'quarantine:read' },
    { path: 'audit', label: $localize`Audit log`, permission: 'audit:read' },
  ];
  protected readonly parts = computed(() =>
    this.#parts.filter(({ permission }) => this.#session.may(permission)),
  );
}
