import { LEVELS, LIMITS, parseLevel, type Micros } from '#event';
import { fieldPath, foldCase, type FieldRef, type Query } from '#query';

import { Problem } from '../http/problem.ts';
import { readTime } from '../parameters/selection.ts';

const MOST_FILTERS = 100;
const LONGEST_KEY = 1_024;
const OPERATIONS = 'equals, contains or range';
/** Characters of an unknown name that a message repeats. */
const LONGEST_NAME = 100;
const RANGE_ENDS: ReadonlySet<string> = new Set(['lower_range', 'upper_range']);

/** One filter of `POST /logs/filter/`, read but not translated yet. */
interface Filter {
  readonly key: string;
  readonly operation: string;
  readonly value: unknown;
}

/**
 * What the body of `POST /logs/filter/` means: one filter, or several that all must match. Throws a 400 `Problem`
 * that names the member and what is allowed.
 */
export function filterQuery(body: unknown, now: Micros): Query {
  const filters = Array.isArray(body) ? (body as unknown[]) : [body];
  if (filters.length > MOST_FILTERS) {
    throw invalid('body', `it has ${filters.length} filters; at most ${MOST_FILTERS} are allowed.`);
  }
  const operands = filters.map((filter, index) =>
    oneFilter(readFilter(filter, Array.isArray(body) ? `[${index}].` : ''), now),
  );
  return operands.length === 0 ? { kind: 'all' } : { kind: 'and', operands };
}

/** A filter with the path to it, for messages. */
interface PlacedFilter extends Filter {
  readonly path: string;
}

function readFilter(value: unknown, path: string): PlacedFilter {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(
      path === '' ? 'body' : path.slice(0, -1),
      'it must be an object like {"key":"level","value":"error","operation":"equals"}.',
    );
  }
  const { key, operation, value: wanted, ...others } = value as Record<string, unknown>;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) {
    throw invalid(
      `${path}${unknown.slice(0, LONGEST_NAME)}`,
      'a filter has no such member; it takes key, operation and value.',
    );
  }
  if (typeof key !== 'string' || key === '' || key.length > LONGEST_KEY) {
    throw invalid(
      `${path}key`,
      `it must be the name of a field, at most ${LONGEST_KEY} characters.`,
    );
  }
  if (typeof operation !== 'string') {
    throw invalid(`${path}operation`, `it must be ${OPERATIONS}.`);
  }
  return { key, operation, value: wanted, path };
}

function oneFilter(filter: PlacedFilter, now: Micros): Query {
  const field = fieldPath(filter.key);
  switch (filter.operation) {
    case 'range':
      return range(filter, field, now);
    case 'equals':
      return equals(field, filterText(filter), filter.path, now);
    case 'contains':
      return contains(field, filterText(filter), filter.path);
    default:
      throw invalid(`${filter.path}operation`, `it must be ${OPERATIONS}.`);
  }
}

function equals(
  field: FieldRef | 'level' | 'timestamp',
  value: string,
  path: string,
  now: Micros,
): Query {
  if (field === 'level') return levelEquals(value);
  if (field === 'timestamp') {
    const at = time(value, `${path}value`, now);
    return { kind: 'time', from: at, to: at };
  }
  if (isMessage(field)) return { kind: 'message-equals', text: foldCase(value) };
  return { kind: 'equals', field, value, ignoreCase: true };
}

/** A name that is no level can only be the text that an event was sent with. */
function levelEquals(value: string): Query {
  const level = parseLevel(value);
  if (level !== null) return { kind: 'level', levels: [level] };
  return { kind: 'equals', field: { kind: 'column', name: 'levelText' }, value, ignoreCase: true };
}

function contains(field: FieldRef | 'level' | 'timestamp', value: string, path: string): Query {
  const text = foldCase(value);
  if (field === 'level') {
    return { kind: 'level', levels: LEVELS.filter((level) => level.includes(text)) };
  }
  if (field === 'timestamp') {
    throw invalid(`${path}operation`, 'timestamp takes equals or range; send a range.');
  }
  if (isMessage(field)) return { kind: 'message-contains', text };
  return { kind: 'contains', field, text };
}

function range(filter: PlacedFilter, field: FieldRef | 'level' | 'timestamp', now: Micros): Query {
  const { path, value } = filter;
  if (field !== 'timestamp') {
    throw invalid(`${path}key`, 'range is for timestamp only; use equals or contains here.');
  }
  if (!isRangeValue(value)) {
    throw invalid(
      `${path}value`,
      'a range is an object like {"lower_range":"2023-09-10T00:00:00Z","upper_range":"2023-09-15T23:59:59Z"}; one end may be left out.',
    );
  }
  const { lower_range: lower, upper_range: upper } = value;
  const from = bound(lower, `${path}value.lower_range`, now);
  const to = bound(upper, `${path}value.upper_range`, now);
  if (from !== null && to !== null && from > to) {
    throw invalid(`${path}value.upper_range`, 'it lies before lower_range.');
  }
  return { kind: 'time', from, to };
}

interface RangeValue {
  readonly lower_range?: unknown;
  readonly upper_range?: unknown;
}

/** With both ends misspelt a range would find everything, so that needs one of them, and nothing else. */
function isRangeValue(value: unknown): value is RangeValue {
  if (typeof value !== 'object' || value === null) return false;
  const names = Object.keys(value);
  return names.length > 0 && names.every((name) => RANGE_ENDS.has(name));
}

/** An absent bound is open. */
function bound(value: unknown, field: string, now: Micros): Micros | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw invalid(field, 'it must be a time like 2023-09-15T23:59:59Z.');
  }
  return time(String(value), field, now);
}

function time(value: string, field: string, now: Micros): Micros {
  const reading = readTime(value, now);
  if (!reading.ok) throw invalid(field, reading.detail);
  return reading.value;
}

function filterText({ value, path }: PlacedFilter): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') throw invalid(`${path}value`, 'it must be a text or a number.');
  if (Buffer.byteLength(value) > LIMITS.messageBytes) {
    throw invalid(`${path}value`, `it is longer than ${LIMITS.messageBytes} bytes.`);
  }
  return value;
}

function isMessage(field: FieldRef): boolean {
  return field.kind === 'column' && field.name === 'message';
}

function invalid(field: string, detail: string): Problem {
  return new Problem(400, 'invalid-filter', `${field}: ${detail}`, { errors: [{ field, detail }] });
}
