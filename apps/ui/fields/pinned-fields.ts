import { Injectable, signal } from '@angular/core';
import { readStored, store } from '../storage/stored-value.ts';

const KEY = 'penstock.pinned-fields';
const MOST = 50;

/** Fields that stand first in the side bar of this browser. */
@Injectable({ providedIn: 'root' })
export class PinnedFields {
  readonly #names = signal<readonly string[]>(readStored(KEY, isNames) ?? []);
  readonly names = this.#names.asReadonly();

  toggle(name: string): void {
    const others = this.#names().filter((pinned) => pinned !== name);
    const pinned = others.length < this.#names().length ? others : [...others, name];
    this.#names.set(pinned.slice(-MOST));
    store(KEY, this.#names());
  }
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}
