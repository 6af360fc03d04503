import {
  Component,
  ElementRef,
  computed,
  inject,
  linkedSignal,
  signal,
  viewChild,
} from '@angular/core';
import { Session } from '../access/session.ts';
import { Choice, type ChoiceOption } from '../choice/choice.ts';
import { Columns } from '../columns/columns.ts';
import { SearchLocation } from '../search/search-location.ts';
import { foldersOf, SavedSearches } from './saved-searches.ts';

/** Asks for a name and a folder, and saves the search on the screen with its range and columns. */
@Component({
  selector: 'ps-save-dialog',
  imports: [Choice],
  template: `
    <dialog #dialog class="form-dialog" aria-labelledby="save-title">
      <form (submit)="save($event)" novalidate>
        <h2 id="save-title" i18n>Save this search</h2>
        <label>
          <span i18n>Name</span>
          <input
            #nameInput
            class="text-input"
            maxlength="200"
            autocomplete="off"
            [value]="name()"
            [attr.aria-invalid]="problem() !== null"
            aria-describedby="save-help"
            (input)="name.set(nameInput.value)"
          />
        </label>
        <label>
          <span i18n>Folder</span>
          <input
            #folderInput
            class="text-input"
            maxlength="200"
            autocomplete="off"
            placeholder="none"
            i18n-placeholder
            list="save-folders"
            [value]="folder()"
            (input)="folder.set(folderInput.value)"
          />
        </label>
        <datalist id="save-folders">
          @for (name of folders(); track name) {
            <option [value]="name"></option>
          }
        </datalist>
        @if (session.controlled()) {
          <div>
            <span class="help" i18n>Who sees it</span>
            <ps-choice
              label="Who sees it"
              i18n-label
              [options]="audiences"
              [value]="shared()"
              (chosen)="shared.set($event)"
            />
          </div>
        }
        <p id="save-help" class="help" aria-live="polite">
          @if (problem(); as problem) {
            <span class="wrong">{{ problem }}</span>
          } @else if (replaces()) {
            <ng-container i18n>The search of this name is replaced.</ng-container>
          } @else {
            <ng-container i18n>The query, the range and the columns are kept.</ng-container>
          }
        </p>
        <div class="actions">
          <button type="submit" class="button primary" [disabled]="saving()" i18n>Save</button>
          <button type="button" class="button" (click)="close()" i18n>Cancel</button>
        </div>
      </form>
    </dialog>
  `,
})
export class SaveDialog {
  protected readonly session = inject(Session);
  readonly #saved = inject(SavedSearches);
  readonly #location = inject(SearchLocation);
  readonly #columns = inject(Columns);
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  protected readonly name = signal('');
  protected readonly folder = signal('');
  protected readonly saving = signal(false);
  protected readonly problem = signal<string | null>(null);
  protected readonly folders = computed(() =>
    foldersOf(this.#saved.list() ?? [])
      .map(({ name }) => name)
      .filter((name) => name !== ''),
  );
  readonly #replaced = computed(() =>
    this.#saved.replacedBy(this.name().trim(), this.folder().trim()),
  );
  protected readonly replaces = computed(() => this.#replaced() !== undefined);
  /** What is replaced stays as private as it was, until something else is chosen. */
  protected readonly shared = linkedSignal(() => this.#replaced()?.shared ?? false);
  protected readonly audiences: readonly ChoiceOption<boolean>[] = [
    { value: false, label: $localize`Only me` },
    { value: true, label: $localize`Everybody` },
  ];

  open(): void {
    this.problem.set(null);
    void this.#saved.read();
    const dialog = this.dialog().nativeElement;
    if (!dialog.open) dialog.showModal();
  }

  protected close(): void {
    this.dialog().nativeElement.close();
  }

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    const name = this.name().trim();
    if (name === '') {
      this.problem.set($localize`A name is needed.`);
      return;
    }
    this.saving.set(true);
    const problem = await this.#saved.save({
      name,
      folder: this.folder().trim(),
      q: this.#location.q(),
      ...this.#location.range(),
      columns: this.#columns.chosen() ? this.#columns.names() : null,
      ...(this.session.controlled() && { shared: this.shared() }),
    });
    this.saving.set(false);
    this.problem.set(problem === null ? null : problem.detail || problem.title);
    if (problem === null) this.close();
  }
}
