import {
  Component,
  ElementRef,
  afterNextRender,
  inject,
  input,
  linkedSignal,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { toProblem } from '../../api/problem.ts';
import {
  TokensApi,
  type IngestToken,
  type IssuedToken,
  type TokenToKeep,
} from '../../api/tokens-api.ts';
import { faultsOf, type Faults } from '../faults.ts';
import { FormField } from '../records/form-field.ts';
import { draftOf, readDraft, type TokenDraft } from './token-draft.ts';

const NO_FAULTS: Faults = new Map();

/** Makes an ingest token, or changes what one may do. */
@Component({
  selector: 'ps-token-form',
  imports: [FormField],
  templateUrl: './token-form.html',
})
export class TokenForm {
  readonly #api = inject(TokensApi);
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');
  /** Null: a new one. */
  readonly token = input.required<IngestToken | null>();
  /** With its text where it is new. */
  readonly saved = output<IssuedToken | null>();
  readonly closed = output();

  protected readonly draft = linkedSignal(() => draftOf(this.token()));
  protected readonly busy = signal(false);
  protected readonly faults = signal<Faults>(NO_FAULTS);

  constructor() {
    afterNextRender(() => {
      this.dialog().nativeElement.showModal();
    });
  }

  protected set(change: Partial<TokenDraft>): void {
    this.draft.update((draft) => ({ ...draft, ...change }));
  }

  protected close(): void {
    this.dialog().nativeElement.close();
  }

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    const read = readDraft(this.draft(), this.token()?.expiresAt ?? null);
    if (!read.ok) this.faults.set(read.faults);
    if (!read.ok || this.busy()) return;
    this.busy.set(true);
    try {
      const issued = await this.#save(read.token);
      this.close();
      this.saved.emit(issued);
    } catch (error) {
      this.faults.set(faultsOf(toProblem(error)));
    }
    this.busy.set(false);
  }

  async #save(token: TokenToKeep): Promise<IssuedToken | null> {
    const before = this.token();
    if (before === null) return this.#api.create(token);
    await this.#api.change(before.id, token);
    return null;
  }
}
