import type { JsonValue, ParsedEvent } from '#event';
import type { FieldRef, FieldTerm, RangeBound } from '../ast.ts';
import { compareText, withinBounds } from '../compare-text.ts';
import { foldCase } from '../fold-case.ts';
import { matchesParts } from '../match-parts.ts';
import { numberOf, numberText } from '../number-text.ts';
import { requireRegex } from '../regex/compile.ts';
import { metadataValues } from './metadata.ts';

type ValuePredicate = (value: JsonValue) => boolean;

/** A missing field has no value, so no term matches it. */
export function fieldPredicate(term: FieldTerm): (event: ParsedEvent) => boolean {
  const holds = valuePredicate(term);
  const { field } = term;
  if (field.kind === 'metadata') {
    return (event) => metadataValues(event.metadata, field.path).some(holds);
  }
  const column = field.name;
  return (event) => {
    const value = event[column];
    return value !== null && holds(value);
  };
}

function valuePredicate(term: FieldTerm): ValuePredicate {
  switch (term.kind) {
    case 'exists':
      return () => true;
    case 'equals':
      return term.ignoreCase ? equalsFolded(term.value) : equals(term.field, term.value);
    case 'wildcard':
      return onText((text) => matchesParts(text, term.parts));
    case 'contains': {
      const wanted = foldCase(term.text);
      return onText((text) => foldCase(text).includes(wanted));
    }
    case 'range':
      return range(term.field, term.low, term.high);
    case 'regex':
      return onText(requireRegex(term.pattern));
  }
}

/** Objects and arrays have no text that a term could match. */
function onText(holds: (text: string) => boolean): ValuePredicate {
  return (value) => {
    if (typeof value === 'string') return holds(value);
    if (typeof value === 'number') return holds(numberText(value));
    return typeof value === 'boolean' && holds(String(value));
  };
}

function equalsFolded(wanted: string): ValuePredicate {
  const folded = foldCase(wanted);
  return onText((text) => foldCase(text) === folded);
}

function equals(field: FieldRef, wanted: string): ValuePredicate {
  const wantedNumber = field.kind === 'metadata' ? numberOf(wanted) : null;
  const equalText = onText((text) => text === wanted);
  if (wantedNumber === null) return equalText;
  return (value) => (typeof value === 'number' ? value === wantedNumber : equalText(value));
}

function range(field: FieldRef, low: RangeBound | null, high: RangeBound | null): ValuePredicate {
  const byText = onText((text) => withinBounds(low, high, (bound) => compareText(text, bound)));
  if (field.kind === 'column' || !isNumeric(low) || !isNumeric(high)) return byText;
  return (value) =>
    typeof value === 'number'
      ? withinBounds(low, high, (bound) => value - Number(bound))
      : byText(value);
}

/** An open end compares with numbers and texts alike. */
function isNumeric(bound: RangeBound | null): boolean {
  return bound === null || numberOf(bound.value) !== null;
}
