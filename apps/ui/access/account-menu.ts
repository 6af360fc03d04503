import { Component, computed, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Icon } from '../icon/icon.ts';
import { PopoverTrigger } from '../popover/popover-trigger.ts';
import { visibleText } from '../results/visible-text.ts';
import { roleName } from './role-name.ts';
import { Session } from './session.ts';

/** Who is signed in, and what they do with their own account; nothing while there are no users. */
@Component({
  selector: 'ps-account-menu',
  imports: [Icon, PopoverTrigger, RouterLink],
  template: `
    @if (session.controlled() && session.identity(); as identity) {
      <button
        #trigger="psPopover"
        type="button"
        class="button icon"
        [psPopover]="menu"
        [title]="identity.name"
        [attr.aria-label]="label()"
      >
        <ps-icon name="user" />
      </button>
      <div
        #menu
        popover
        class="popover account-panel"
        role="dialog"
        aria-label="Account"
        i18n-aria-label
      >
        <div class="who">
          <b class="from-log">{{ visible(identity.name) }}</b>
          <span>{{ role() }}</span>
          @if (identity.services; as services) {
            <span class="services" i18n
              >Sees only: <span class="from-log">{{ visible(services.join(', ')) }}</span></span
            >
          }
        </div>
        <a class="menu-item" routerLink="/account" (click)="trigger.close()" i18n
          >Password and sessions</a
        >
        <button type="button" class="menu-item" (click)="signOut()" i18n>Sign out</button>
        @if (problem(); as problem) {
          <p class="menu-title" role="alert">{{ problem }}</p>
        }
      </div>
    }
  `,
})
export class AccountMenu {
  protected readonly session = inject(Session);
  protected readonly visible = visibleText;
  protected readonly problem = signal<string | null>(null);
  protected readonly role = computed(() => roleName(this.session.identity()?.role ?? 'viewer'));
  protected readonly label = computed(
    () => $localize`Account of ${this.session.identity()?.name ?? ''}:name:`,
  );

  protected async signOut(): Promise<void> {
    const problem = await this.session.signOut();
    this.problem.set(problem === null ? null : problem.detail || problem.title);
  }
}
