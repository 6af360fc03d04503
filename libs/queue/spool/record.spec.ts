import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodePayload, encodeRecord, segmentParts } from './record.ts';
import { makeBatch } from './testing/make-batch.ts';

const RECORDS = [1, 2, 3, 4, 5].map((number) => encodeRecord(makeBatch(number, number * 40)));
const SEGMENT = Buffer.concat(RECORDS);
/** Where each record begins, and where the last one ends. */
const BOUNDS = RECORDS.reduce((at, { length }) => [...at, at.at(-1)! + length], [0]);

function numbersIn(segment: Buffer): number[] {
  return [...segmentParts(segment)].flatMap((part) =>
    part.kind === 'record' ? [Number(decodePayload(part.payload).id.slice(-12))] : [],
  );
}

/** The parts follow each other without a gap, from the first byte to the last. */
function expectWhole(segment: Buffer): void {
  let at = 0;
  for (const { start, end } of segmentParts(segment)) {
    expect(start).toBe(at);
    expect(end).toBeGreaterThan(start);
    at = end;
  }
  expect(at).toBe(segment.length);
}

describe('the records of a segment', () => {
  it('give back each batch as it was', () => {
    const batches = [...segmentParts(SEGMENT)].map((part) =>
      part.kind === 'record' ? decodePayload(part.payload) : null,
    );
    expect(batches).toEqual([1, 2, 3, 4, 5].map((number) => makeBatch(number, number * 40)));
  });

  it('hold no byte 0 outside of their prefixes, so that no content passes for a record', () => {
    for (const record of RECORDS) expect(record.subarray(8).includes(0)).toBe(false);
    const imitation = encodeRecord(makeBatch(9)).toString('latin1');
    const batch = makeBatch(1);
    const [event] = batch.events;
    const record = encodeRecord({ ...batch, events: [{ ...event!, message: imitation }] });
    record[0] = 0;
    expect(numbersIn(record)).toEqual([]);
  });

  it('cut off at any byte: every whole record before the cut is read, and nothing else', () => {
    for (let cut = 0; cut <= SEGMENT.length; cut++) {
      const torn = SEGMENT.subarray(0, cut);
      const whole = BOUNDS.filter((bound) => bound > 0 && bound <= cut).length;
      expect(numbersIn(torn)).toEqual([1, 2, 3, 4, 5].slice(0, whole));
      expectWhole(torn);
    }
  });

  it('changed at any byte: only the record that holds it is missing', () => {
    for (let at = 0; at < SEGMENT.length; at++) {
      const changed = Buffer.from(SEGMENT);
      changed[at]! ^= 0x15;
      const hit = BOUNDS.findLastIndex((bound) => bound <= at) + 1;
      expect(numbersIn(changed)).toEqual([1, 2, 3, 4, 5].filter((number) => number !== hit));
      expectWhole(changed);
    }
  });

  it('are found whatever bytes lie between them', () => {
    const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(fc.array(bytes, { minLength: 5, maxLength: 5 }), (gaps) => {
        const segment = Buffer.concat(RECORDS.flatMap((record, i) => [gaps[i]!, record]));
        expect(numbersIn(segment)).toEqual([1, 2, 3, 4, 5]);
        expectWhole(segment);
      }),
    );
  });

  it('of another schema, or with headers that are none, are refused', () => {
    const text = (payload: string) => () => decodePayload(Buffer.from(payload));
    expect(text('{"batchId":"x","schema":99}\n')).toThrow('schema 99');
    expect(text('{"batchId":"x"')).toThrow('no line of headers');
  });
});
