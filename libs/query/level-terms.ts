import { LEVELS, levelRank, parseLevel, type Level } from '#event';
import type { CompareOperator, Query } from './ast.ts';
import { matchesParts } from './match-parts.ts';
import { QuerySyntaxError } from './syntax-error.ts';

interface Place {
  readonly from: number;
  readonly to: number;
}

/** The levels for which a condition holds; all six are no condition. */
function levelsWhere(holds: (level: Level) => boolean): Query {
  const levels = LEVELS.filter(holds);
  return levels.length === LEVELS.length ? { kind: 'all' } : { kind: 'level', levels };
}

export function levelTerm(parts: readonly string[], place: Place): Query {
  if (parts.length === 1) {
    const wanted = levelNamed(parts[0] ?? '', place);
    return levelsWhere((level) => level === wanted);
  }
  const lower = parts.map((part) => part.toLowerCase());
  return levelsWhere((level) => matchesParts(level, lower));
}

export function levelPattern(holds: (text: string) => boolean): Query {
  return levelsWhere(holds);
}

export function levelComparison(operator: CompareOperator, value: string, place: Place): Query {
  const bound = levelRank(levelNamed(value, place));
  return levelsWhere((level) => ranksCompare(levelRank(level), operator, bound));
}

function ranksCompare(rank: number, operator: CompareOperator, bound: number): boolean {
  if (rank === bound) return operator === '<=' || operator === '>=';
  return operator.startsWith('<') === rank < bound;
}

function levelNamed(text: string, place: Place): Level {
  const level = parseLevel(text);
  if (level !== null) return level;
  const reason = text === '' ? 'a level is missing' : `"${text}" is no level`;
  throw new QuerySyntaxError(reason, place.from, place.to, LEVELS);
}
