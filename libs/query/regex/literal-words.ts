import type { CharacterSet } from './character-set.ts';
import type { RegexNode } from './nodes.ts';

/** Words of which every text that the pattern is found in has one, whole and lower-cased; one list for each word. */
export type WordChoices = readonly (readonly string[])[];

/** One character of a literal: its lower-cased forms; null stands for the begin or the end of the text. */
type Place = readonly string[] | null;

const WORD = /^[\p{L}\p{N}_]$/u;

/** The whole words among the literal parts of a sequence. A word at the edge of a part may go on beyond it. */
export function literalWords(sequence: readonly RegexNode[]): WordChoices {
  return literalRuns(sequence).flatMap(wordsOfRun);
}

function literalRuns(sequence: readonly RegexNode[]): Place[][] {
  const runs: Place[][] = [[]];
  for (const node of flattened(sequence)) {
    const place = placeOf(node);
    if (place === undefined) runs.push([]);
    else runs[runs.length - 1]?.push(place);
  }
  return runs;
}

function flattened(sequence: readonly RegexNode[]): RegexNode[] {
  return sequence.flatMap((node) => (node.kind === 'sequence' ? flattened(node.of) : [node]));
}

/** Undefined for what is no literal. */
function placeOf(node: RegexNode): Place | undefined {
  if (node.kind === 'assertion') {
    const isEnd = node.assertion === 'text-start' || node.assertion === 'text-end';
    return isEnd ? null : undefined;
  }
  return node.kind === 'set' ? formsOf(node.set) : undefined;
}

/** A letter has at most three cases in one set. */
const MOST_CASES = 3;

function formsOf(set: CharacterSet): readonly string[] | undefined {
  const size = set.reduce((sum, [from, to]) => sum + to - from + 1, 0);
  if (size === 0 || size > MOST_CASES) return undefined;
  const codes = set.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, at) => from + at),
  );
  return [...new Set(codes.map((code) => String.fromCodePoint(code).toLowerCase()))];
}

type Side = 'word' | 'outside' | 'unsure';

function sideOf(place: Place | undefined): Side {
  if (place === undefined) return 'unsure';
  if (place === null) return 'outside';
  const inWord = place.filter((form) => WORD.test(form)).length;
  if (inWord === place.length) return 'word';
  return inWord === 0 ? 'outside' : 'unsure';
}

function wordsOfRun(run: readonly Place[]): string[][] {
  const found: string[][] = [];
  let start = 0;
  for (let at = 0; at <= run.length; at++) {
    if (sideOf(run[at]) === 'word') continue;
    const isWhole = sideOf(run[start - 1]) === 'outside' && sideOf(run[at]) === 'outside';
    const choices = isWhole && at > start ? spellings(run.slice(start, at)) : null;
    if (choices !== null) found.push(choices);
    start = at + 1;
  }
  return found;
}

/** Beyond this many spellings of a word it is not worth asking for. */
const MOST_SPELLINGS = 8;

function spellings(places: readonly Place[]): string[] | null {
  let words = [''];
  for (const place of places) {
    words = words.flatMap((word) => (place ?? []).map((form) => word + form));
    if (words.length > MOST_SPELLINGS) return null;
  }
  return words;
}
