import { DOCUMENT, Injectable, computed, inject, signal } from '@angular/core';
import { ApiClient } from '../api/api-client.ts';
import { toProblem, type ApiProblem } from '../api/problem.ts';
import { SessionApi, type Permission, type SessionAnswer } from '../api/session-api.ts';
import { providerRefusal } from './provider-refusal.ts';

/** Who uses the page, and what they may do. */
@Injectable({ providedIn: 'root' })
export class Session {
  readonly #api = inject(SessionApi);
  readonly #client = inject(ApiClient);
  readonly #location = inject(DOCUMENT).location;
  /** Of the last who was signed in; null until somebody is. */
  readonly #known = signal<SessionAnswer | null>(null);
  readonly #methods = signal<readonly string[]>([]);
  /** What was asked before one of them says nothing any more. */
  #signIns = 0;

  /** Why it is not known who uses the page. */
  readonly problem = signal<ApiProblem | null>(null);
  readonly identity = computed(() => this.#known()?.identity ?? null);
  /** There are users at all. */
  readonly controlled = computed(() => this.#known()?.auth === 'on');
  /** The page may be shown. */
  readonly begun = computed(() => this.#known() !== null);
  /** Somebody must sign in. */
  readonly wanted = this.#client.closed;
  readonly methods = this.#methods.asReadonly();
  /** Why the login that led here failed; read before the router goes elsewhere. */
  readonly refusal = providerRefusal(this.#location);

  may(permission: Permission): boolean {
    return this.#known()?.permissions.includes(permission) === true;
  }

  /** Under which this browser keeps something of this user alone. */
  keyFor(key: string): string {
    const identity = this.identity();
    return identity === null || identity.kind === 'anonymous' ? key : `${key}.${identity.id}`;
  }

  /** Asks who uses the page. */
  async check(): Promise<void> {
    const signIns = this.#signIns;
    try {
      const answer = await this.#api.current();
      if (signIns === this.#signIns) this.#take(answer);
    } catch (error) {
      // A page that is already there has its own words for a gateway that does not answer.
      if (!this.begun()) this.problem.set(toProblem(error));
    }
  }

  /** Rejects with an `ApiProblem`. */
  async signIn(name: string, password: string): Promise<void> {
    const answer = await this.#api.signIn(name, password);
    this.#signIns++;
    this.#take(answer);
  }

  /** Forgets everything that the page shows. */
  async signOut(): Promise<ApiProblem | null> {
    try {
      await this.#api.signOut();
    } catch (error) {
      return toProblem(error);
    }
    this.#location.assign('/');
    return null;
  }

  #take(answer: SessionAnswer): void {
    this.problem.set(null);
    this.#methods.set(answer.methods);
    if (answer.identity === null) {
      this.#client.close();
      return;
    }
    const before = this.identity();
    // What is on the screen, and what waits to be sent, are another's.
    if (before !== null && before.id !== answer.identity.id) {
      this.#location.reload();
      return;
    }
    this.#known.set(answer);
    this.#client.open(answer.csrf);
  }
}
