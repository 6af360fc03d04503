import { computed, inject, type Signal } from '@angular/core';
import { AdminLocation } from '../admin-location.ts';
import { KeptList } from './kept-list.ts';

const NEW = 'new';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** The form on the screen: of one record, or, where that is null, of a new one. */
export interface OpenForm<T> {
  readonly record: T | null;
}

/** A list of named records that one looks into, and edits by a form; both are in the URL. Made in an injection context. */
export class EditedRecords<T extends Named> extends KeptList<T> {
  readonly #location = inject(AdminLocation);
  readonly wanted = this.#location.parameter('q');
  readonly #edited = this.#location.parameter('edit');

  readonly shown: Signal<readonly T[]> = computed(() => {
    const wanted = this.wanted().trim().toLowerCase();
    return (this.items() ?? []).filter(({ name }) => name.toLowerCase().includes(wanted));
  });

  readonly form: Signal<OpenForm<T> | null> = computed(
    () => {
      const id = this.#edited();
      if (id === NEW) return { record: null };
      const record = this.items()?.find((one) => one.id === id);
      return record === undefined ? null : { record };
    },
    // The list is read again while the form is filled in.
    { equal: (a, b) => a?.record?.id === b?.record?.id && (a === null) === (b === null) },
  );

  look(wanted: string): void {
    this.#location.set({ q: wanted }, false);
  }

  edit(id: string = NEW): void {
    this.#location.set({ edit: id }, true);
  }

  closeForm(): void {
    this.#location.set({ edit: null }, false);
  }
}
