import { Component, inject } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { Session } from './access/session.ts';
import { SignIn } from './access/sign-in.ts';

/** The page, once it is known who uses it; over it the way to sign in, whenever nobody is. */
@Component({
  selector: 'ps-root',
  imports: [RouterOutlet, SignIn],
  template: `
    @if (session.begun()) {
      <router-outlet />
    }
    @if (session.problem(); as problem) {
      <main class="blank" role="alert">
        <h2>{{ problem.title }}</h2>
        <p>{{ problem.detail }}</p>
        <button type="button" class="button outlined" i18n (click)="session.check()">
          Try again
        </button>
      </main>
    }
    @if (session.wanted()) {
      <ps-sign-in />
    }
  `,
})
export class App {
  protected readonly session = inject(Session);

  constructor() {
    void this.session.check();
  }
}
