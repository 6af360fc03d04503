import { InvalidCursorError } from '../cursor.ts';

/** How far a tail has come: everything up to this event, in the order (commitSeq, ordinal). */
export interface TailPosition {
  readonly commitSeq: number;
  readonly ordinal: number;
}

/** Above every ordinal: the whole group is behind. */
export const WHOLE_GROUP = 2_147_483_647;

const SHAPE = /^(\d{1,15})\.(\d{1,10})$/;

export function encodeTailPosition({ commitSeq, ordinal }: TailPosition): string {
  return `${commitSeq}.${ordinal}`;
}

/** @throws InvalidCursorError */
export function decodeTailPosition(text: string): TailPosition {
  const match = SHAPE.exec(text);
  if (match === null) throw new InvalidCursorError('it is no position of a tail');
  return { commitSeq: Number(match[1]), ordinal: Number(match[2]) };
}
