import { MICROS_PER_MS, type Micros } from '#event';
import { decodePayload, segmentParts } from './record.ts';

const DIGITS = 12;
const NAME = new RegExp(`^(\\d{${DIGITS}})\\.segment(\\.bad)?$`);

/** A file of records, and what is known of it without reading it again. */
export interface Segment {
  readonly name: string;
  bytes: number;
  /** Records that the broker has not confirmed in this run. */
  batches: number;
  /** When the first of them was received; null where that is not readable. */
  readonly oldest: Micros | null;
}

export function segmentName(number: number): string {
  return `${String(number).padStart(DIGITS, '0')}.segment`;
}

export function setAsideName(name: string): string {
  return `${name}.bad`;
}

/** What the name of a file in the folder says; null for a file that is no segment. */
export function parseSegmentName(
  name: string,
): { readonly number: number; readonly isSetAside: boolean } | null {
  const [, digits, setAside] = NAME.exec(name) ?? [];
  if (digits === undefined) return null;
  return { number: Number(digits), isSetAside: setAside !== undefined };
}

/** What reading a segment at the start shows. */
export interface SegmentSurvey {
  readonly batches: number;
  readonly oldest: Micros | null;
  /** Where the last intact record ends; what lies behind is torn. */
  readonly end: number;
}

/** Counts the records, whatever lies between them. */
export function surveySegment(content: Buffer): SegmentSurvey {
  let batches = 0;
  let oldest: Micros | null = null;
  let end = 0;
  for (const part of segmentParts(content)) {
    if (part.kind === 'damaged') continue;
    if (batches === 0) oldest = receivedAt(part.payload);
    batches++;
    end = part.end;
  }
  return { batches, oldest, end };
}

/** Null for a batch that this version does not read: the drain finds that out too, and keeps it. */
function receivedAt(payload: Buffer): Micros | null {
  try {
    return decodePayload(payload).receivedAt;
  } catch {
    return null;
  }
}

export function ageMs(segment: Segment, now: Micros): number | null {
  return segment.oldest === null ? null : Math.max(0, (now - segment.oldest) / MICROS_PER_MS);
}
