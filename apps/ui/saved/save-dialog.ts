import { Component, ElementRef, computed, inject, signal, viewChild } from '@angular/core';
import { Columns } from '../columns/columns.ts';
import { SearchLocation } from '../search/search-location.ts';
import { foldersOf, SavedSearches } from './saved-searches.ts';

/** Asks for a name and a folder, and saves the search on the screen with its range and columns. */
@Component({
  selector: 'ps-save-dialog',
  template: `
    <dialog #dialog class="save-dialog" aria-labelledby="save-title">
      <form (submit)="save($event)" novalidate>
        <h2 id="save-title">Save this search</h2>
        <label>
          <span>Name</span>
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
          <span>Folder</span>
          <input
            #folderInput
            class="text-input"
            maxlength="200"
            autocomplete="off"
            placeholder="none"
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
        <p id="save-help" class="help" aria-live="polite">
          @if (problem(); as problem) {
            <span class="wrong">{{ problem }}</span>
          } @else if (replaces()) {
            The search of this name is replaced.
          } @else {
            The query, the range and the columns are kept.
          }
        </p>
        <div class="actions">
          <button type="submit" class="button primary" [disabled]="saving()">Save</button>
          <button type="button" class="button" (click)="close()">Cancel</button>
        </div>
      </form>
    </dialog>
  `,
})
export class SaveDialog {
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
  protected readonly replaces = computed(
    () =>
      this.#saved
        .list()
        ?.some(
          ({ name, folder }) => name === this.name().trim() && folder === this.folder().trim(),
        ) === true,
  );

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
      this.problem.set('A name is needed.');
      return;
    }
    this.saving.set(true);
    const problem = await this.#saved.save({
      name,
      folder: this.folder().trim(),
      q: this.#location.q(),
      ...this.#location.range(),
      columns: this.#columns.chosen() ? this.#columns.names() : null,
    });
    this.saving.set(false);
    this.problem.set(problem === null ? null : problem.detail || problem.title);
    if (problem === null) this.close();
  }
}
