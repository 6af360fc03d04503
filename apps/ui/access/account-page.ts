import { Component, DestroyRef, computed, inject, signal, viewChild } from '@angular/core';
import { isAbort, toProblem } from '../api/problem.ts';
import { SessionApi, type AccountSession } from '../api/session-api.ts';
import { ConfirmDialog } from '../dialog/confirm-dialog.ts';
import { PageTop } from '../frame/page-top.ts';
import { Icon } from '../icon/icon.ts';
import { visibleText } from '../results/visible-text.ts';
import { formatInstant } from '../time-range/format-time.ts';
import { browserName } from './browser-name.ts';
import { Session } from './session.ts';

/** One's own password, and where one is signed in. */
@Component({
  selector: 'ps-account-page',
  imports: [ConfirmDialog, Icon, PageTop],
  templateUrl: './account-page.html',
})
export class AccountPage {
  readonly #api = inject(SessionApi);
  protected readonly session = inject(Session);
  private readonly confirm = viewChild.required(ConfirmDialog);
  readonly #abort = new AbortController();

  protected readonly sessions = signal<readonly AccountSession[] | null>(null);
  protected readonly others = computed(
    () => this.sessions()?.some(({ current }) => !current) === true,
  );
  protected readonly problem = signal<string | null>(null);
  protected readonly present = signal('');
  protected readonly next = signal('');
  protected readonly passwordProblem = signal<string | null>(null);
  protected readonly changed = signal(false);
  protected readonly busy = signal(false);
  protected readonly visible = visibleText;

  constructor() {
    inject(DestroyRef).onDestroy(() => {
      this.#abort.abort();
    });
    void this.#read();
  }

  protected browser({ userAgent }: AccountSession): string {
    return browserName(userAgent);
  }

  protected time(timestamp: string): string {
    return formatInstant(Date.parse(timestamp), 'local');
  }

  protected async changePassword(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy()) return;
    this.changed.set(false);
    this.busy.set(true);
    try {
      await this.#api.changePassword(this.present(), this.next());
      this.passwordProblem.set(null);
      this.present.set('');
      this.next.set('');
      this.changed.set(true);
      await this.#read();
    } catch (error) {
      const problem = toProblem(error);
      const [fault] = problem.errors;
      this.passwordProblem.set(
        fault === undefined
          ? problem.detail || problem.title
          : $localize`The new password does not do: ${fault.detail}:why:`,
      );
    }
    this.busy.set(false);
  }

  protected end(session: AccountSession): Promise<void> {
    return this.#change(() => this.#api.endSession(session.id));
  }

  protected async endOthers(): Promise<void> {
    const yes = await this.confirm().ask({
      title: $localize`Sign out everywhere else?`,
      text: $localize`All your other sessions end at once.`,
      action: $localize`Sign out everywhere else`,
    });
    if (yes) await this.#change(() => this.#api.endOtherSessions());
  }

  async #change(change: () => Promise<void>): Promise<void> {
    try {
      await change();
      await this.#read();
    } catch (error) {
      const problem = toProblem(error);
      this.problem.set(problem.detail || problem.title);
    }
  }

  async #read(): Promise<void> {
    try {
      this.sessions.set(await this.#api.sessions(this.#abort.signal));
      this.problem.set(null);
    } catch (error) {
      if (isAbort(error)) return;
      const problem = toProblem(error);
      this.problem.set(problem.detail || problem.title);
    }
  }
}
