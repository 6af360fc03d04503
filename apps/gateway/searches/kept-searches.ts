import type { SavedSearch, SaveOutcome, SearchToSave } from '#store';

/** The store's saved searches as the gateway uses them. */
export interface KeptSearches {
  /** By folder and name. */
  list(): Promise<readonly SavedSearch[]>;
  add(search: SearchToSave): Promise<SaveOutcome>;
  replace(id: string, search: SearchToSave): Promise<SaveOutcome>;
  /** False where there was no such search. */
  delete(id: string): Promise<boolean>;
}
