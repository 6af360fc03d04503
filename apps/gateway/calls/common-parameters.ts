import { budget } from '../parameters/duration.ts';
import type { Parameter } from '../parameters/parameter.ts';
import { integer, requiredText } from '../parameters/values.ts';

export const DEFAULT_BUDGET_MS = 10_000;
export const LONGEST_BUDGET_MS = 60_000;
export const LARGEST_PAGE = 5_000;

export const timeBudget = budget(DEFAULT_BUDGET_MS, LONGEST_BUDGET_MS);

const LONGEST_FIELD = 1_024;

export function fieldName(description: string): Parameter<string> {
  return requiredText({ maxLength: LONGEST_FIELD, description });
}

export const limit = integer({
  min: 1,
  max: LARGEST_PAGE,
  fallback: 100,
  description: 'Most items of the answer.',
});
