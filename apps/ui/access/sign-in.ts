import {
  Component,
  DestroyRef,
  ElementRef,
  afterNextRender,
  computed,
  inject,
  signal,
  viewChild,
} from '@angular/core';
import { toProblem, type ApiProblem } from '../api/problem.ts';
import { Icon } from '../icon/icon.ts';
import { Session } from './session.ts';
import { waitingTime } from './waiting-time.ts';

/** Over the whole page, which stays as it is beneath: what was written and where it was are there afterwards. */
@Component({
  selector: 'ps-sign-in',
  imports: [Icon],
  templateUrl: './sign-in.html',
})
export class SignIn {
  protected readonly session = inject(Session);
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');
  private readonly nameInput = viewChild<ElementRef<HTMLInputElement>>('name');
  private readonly passwordInput = viewChild<ElementRef<HTMLInputElement>>('password');
  #ticks: ReturnType<typeof setInterval> | undefined;

  /** Somebody was signed in before. */
  protected readonly again = computed(() => this.session.identity() !== null);
  protected readonly byPassword = computed(() => this.session.methods().includes('password'));
  /** By OpenID Connect: another page, which leads back here. */
  protected readonly byProvider = computed(() => this.session.methods().includes('oidc'));
  protected readonly busy = signal(false);
  protected readonly shown = signal(false);
  protected readonly problem = signal(this.session.refusal);
  /** Until logins are taken again, in seconds. */
  protected readonly locked = signal(0);
  protected readonly left = computed(() => waitingTime(this.locked()));

  constructor() {
    afterNextRender(() => {
      this.dialog().nativeElement.showModal();
      const name = this.session.identity()?.name;
      const [nameInput, passwordInput] = [this.nameInput(), this.passwordInput()];
      if (name !== undefined && nameInput !== undefined) {
        nameInput.nativeElement.value = name;
        passwordInput?.nativeElement.focus();
      } else nameInput?.nativeElement.focus();
    });
    inject(DestroyRef).onDestroy(() => {
      clearInterval(this.#ticks);
    });
  }

  protected providerUrl(): string {
    const here = `${location.pathname}${location.search}`;
    return `/api/v1/session/oidc?returnTo=${encodeURIComponent(here)}`;
  }

  /** The values are read from the fields, as password managers fill them in without telling. */
  protected async submit(event: Event, name: string, password: string): Promise<void> {
    event.preventDefault();
    if (this.busy() || this.locked() > 0) return;
    if (name.trim() === '' || password === '') {
      this.problem.set($localize`Name and password are needed.`);
      (name.trim() === '' ? this.nameInput() : this.passwordInput())?.nativeElement.focus();
      return;
    }
    this.busy.set(true);
    this.problem.set(null);
    try {
      await this.session.signIn(name.trim(), password);
    } catch (error) {
      this.#refused(toProblem(error));
    }
    this.busy.set(false);
  }

  #refused(problem: ApiProblem): void {
    const seconds = problem.status === 429 ? (problem.retryAfterSeconds ?? 0) : 0;
    if (seconds > 0) {
      this.#lock(seconds);
      return;
    }
    this.problem.set(
      problem.code === 'wrong-login'
        ? $localize`The name or the password is wrong.`
        : problem.detail || problem.title,
    );
    this.passwordInput()?.nativeElement.select();
  }

  #lock(seconds: number): void {
    const end = performance.now() + seconds * 1_000;
    const wait = waitingTime(seconds);
    this.problem.set(
      $localize`Too many logins failed. For your safety no more are taken for ${wait}:time:.`,
    );
    this.locked.set(seconds);
    clearInterval(this.#ticks);
    this.#ticks = setInterval(() => {
      this.locked.set(Math.max(0, Math.ceil((end - performance.now()) / 1_000)));
      if (this.locked() > 0) return;
      clearInterval(this.#ticks);
      this.problem.set(null);
    }, 1_000);
  }
}
