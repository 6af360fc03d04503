import { levelRank, type EventPosition } from '#event';
import { MAX_ORDINAL, type IndexDocument } from '../search-index.ts';

/** What is stored. `ts` are microseconds; `id` orders events of the same time, and is a whole number up to 2^53. */
export interface StoredFields {
  readonly id: number;
  readonly ts: number;
}

const ORDINALS = MAX_ORDINAL + 1;

export function documentId({ groupSeq, ordinal }: Omit<EventPosition, 'timestamp'>): number {
  return groupSeq * ORDINALS + ordinal;
}

export function positionOf({ id, ts }: StoredFields): EventPosition {
  return { timestamp: ts, groupSeq: Math.floor(id / ORDINALS), ordinal: id % ORDINALS };
}

/** NDJSON. */
export function encodeDocuments(documents: readonly IndexDocument[]): string {
  let lines = '';
  for (const document of documents) {
    const service =
      document.service === null ? '' : `,"service":${JSON.stringify(document.service)}`;
    lines +=
      `{"id":${documentId(document)},"ts":${document.timestamp},"level":${levelRank(document.level)}` +
      `,"message":"${document.text}"${service}}\n`;
  }
  return lines;
}

/** No event has this id, for groups are counted from 1; its time is the seal, below zero. */
export const SEAL_ID = 0;

export function sealDocument(seal: number): string {
  return `{"id":${SEAL_ID},"ts":${-seal}}\n`;
}
