import { EntitySchema, EntitySchemaOptions } from 'typeorm';

/** A stretch of time and the way to read it: a partition (`rows`), later also columnar files. */
export interface Segment {
  id: number;
  engine: string;
  /** Name of the partition's table. */
  relation: string;
  rangeStart: Date;
  rangeEnd: Date;
  createdAt: Date;
}

export const SegmentEntity = new EntitySchema<Segment>(
  Object.assign(new EntitySchemaOptions<Segment>(), {
    name: 'Segment',
    tableName: 'segment',
    columns: {
      id: { type: 'int', primary: true, generated: 'increment' },
      engine: { type: 'text' },
      relation: { type: 'text', unique: true },
      rangeStart: { type: 'timestamptz', name: 'range_start' },
      rangeEnd: { type: 'timestamptz', name: 'range_end' },
      createdAt: { type: 'timestamptz', name: 'created_at' },
    },
  }),
);
