import { EntitySchema, EntitySchemaOptions } from 'typeorm';

/** What could not be stored, as it was sent. */
export interface QuarantineRow {
  /** A bigint as text. */
  id: string;
  quarantinedAt: Date;
  /** A code, such as `refused-by-database`. */
  reason: string;
  detail: string;
  batchId: string | null;
  events: number;
  raw: Buffer;
}

export const QuarantineEntity = new EntitySchema<QuarantineRow>(
  Object.assign(new EntitySchemaOptions<QuarantineRow>(), {
    name: 'Quarantine',
    tableName: 'quarantine',
    columns: {
      id: { type: 'bigint', primary: true, generated: 'increment' },
      quarantinedAt: { type: 'timestamptz', name: 'quarantined_at' },
      reason: { type: 'text' },
      detail: { type: 'text' },
      batchId: { type: 'uuid', name: 'batch_id', nullable: true },
      events: { type: 'int' },
      raw: { type: 'bytea', select: false },
    },
  }),
);
