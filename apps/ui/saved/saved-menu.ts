import { Component, computed, inject, output } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Session } from '../access/session.ts';
import type { SavedSearch } from '../api/saved-search-api.ts';
import { Icon } from '../icon/icon.ts';
import { PopoverTrigger } from '../popover/popover-trigger.ts';
import { visibleText } from '../results/visible-text.ts';
import { SearchLocation } from '../search/search-location.ts';
import { foldersOf, parametersOf, SavedSearches } from './saved-searches.ts';

/** The saved searches by folder, and the way to save this one. */
@Component({
  selector: 'ps-saved-menu',
  imports: [Icon, PopoverTrigger, RouterLink],
  template: `
    <button
      #trigger="psPopover"
      type="button"
      class="button icon"
      [psPopover]="menu"
      title="Saved searches"
      i18n-title
      aria-label="Saved searches"
      i18n-aria-label
      (click)="opened()"
    >
      <ps-icon name="star" />
    </button>
    <div
      #menu
      popover
      class="popover saved-panel"
      role="dialog"
      aria-label="Saved searches"
      i18n-aria-label
    >
      @if (access.may('searches:write')) {
        <button type="button" class="menu-item" (click)="trigger.close(); save.emit()" i18n>
          Save this search… <span class="hint"><kbd>s</kbd></span>
        </button>
      }
      @if (saved.problem(); as problem) {
        <p class="menu-title" role="alert">{{ problem.detail || problem.title }}</p>
      }
      @for (folder of folders(); track folder.name) {
        @if (folder.name !== '') {
          <p class="menu-title from-log" [title]="visible(folder.name)">
            {{ visible(folder.name) }}
          </p>
        }
        @for (search of folder.searches; track search.id) {
          <div class="saved">
            <button
              type="button"
              class="menu-item"
              [title]="titleOf(search)"
              (click)="trigger.close(); run(search)"
            >
              <span class="from-log">{{ visible(search.name) }}</span>
              @if (audience(search); as audience) {
                <span class="hint from-log">{{ audience }}</span>
              }
            </button>
            @if (search.editable && access.may('searches:write')) {
              <button
                type="button"
                class="button icon small"
                title="Delete"
                i18n-title
                ariaLabel="Delete the saved search {{ search.name }}"
                i18n-ariaLabel
                (click)="delete(search)"
              >
                <ps-icon name="close" class="small" />
              </button>
            }
          </div>
        }
      }
      <a class="menu-item" routerLink="/start" (click)="trigger.close()" i18n>Start page</a>
    </div>
  `,
})
export class SavedMenu {
  protected readonly access = inject(Session);
  protected readonly saved = inject(SavedSearches);
  readonly #location = inject(SearchLocation);
  /** This search is to be saved. */
  readonly save = output();

  protected readonly visible = visibleText;
  protected readonly folders = computed(() => foldersOf(this.saved.list() ?? []));

  protected audience(search: SavedSearch): string | null {
    return this.saved.audience(search);
  }

  /** The whole name too: in the list a long one is cut. */
  protected titleOf({ name, q }: SavedSearch): string {
    return visibleText(q === '' ? name : `${name}\n${q}`);
  }

  protected opened(): void {
    void this.saved.read();
  }

  protected run(search: SavedSearch): void {
    const { q, from, to } = search;
    const { cols = null } = parametersOf(search);
    this.#location.search(q, { from, to }, { cols, live: null, off: null });
  }

  protected delete(search: SavedSearch): void {
    void this.saved.delete(search);
  }
}
