import type {
  DeleteSearchOutcome,
  SavedSearch,
  SaveOutcome,
  SearchToSave,
  SearchUser,
} from '#store';

/** The store's saved searches as the gateway uses them. */
export interface KeptSearches {
  /** Those of the user and the shared ones, by folder and name. */
  list(user: SearchUser): Promise<readonly SavedSearch[]>;
  add(search: SearchToSave, user: SearchUser): Promise<SaveOutcome>;
  replace(id: string, search: SearchToSave, user: SearchUser): Promise<SaveOutcome>;
  delete(id: string, user: SearchUser): Promise<DeleteSearchOutcome>;
}
