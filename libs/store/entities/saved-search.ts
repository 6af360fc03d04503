import { EntitySchema, EntitySchemaOptions } from 'typeorm';

/** A search under a name. */
export interface SavedSearchRow {
  /** A UUID. */
  id: string;
  /** The empty text is no folder. */
  folder: string;
  name: string;
  query: string;
  /** RFC 3339 or relative, as it was written; null is open. */
  rangeFrom: string | null;
  rangeTo: string | null;
  /** Null: those that rows have by themselves. */
  columns: string[] | null;
  /** Id of the identity that saved it; null for those from before there were users. */
  ownerId: string | null;
  ownerName: string | null;
  /** Else only its owner sees it. */
  shared: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export const SavedSearchEntity = new EntitySchema<SavedSearchRow>(
  Object.assign(new EntitySchemaOptions<SavedSearchRow>(), {
    name: 'SavedSearch',
    tableName: 'saved_search',
    columns: {
      id: { type: 'uuid', primary: true },
      folder: { type: 'text' },
      name: { type: 'text' },
      query: { type: 'text' },
      rangeFrom: { type: 'text', name: 'range_from', nullable: true },
      rangeTo: { type: 'text', name: 'range_to', nullable: true },
      columns: { type: 'text', array: true, nullable: true },
      ownerId: { type: 'text', name: 'owner_id', nullable: true },
      ownerName: { type: 'text', name: 'owner_name', nullable: true },
      shared: { type: 'boolean' },
      createdAt: { type: 'timestamptz', name: 'created_at' },
      updatedAt: { type: 'timestamptz', name: 'updated_at' },
    },
  }),
);
