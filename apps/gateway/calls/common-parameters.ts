import { budget } from '../parameters/duration.ts';
import { integer } from '../parameters/values.ts';

export const DEFAULT_BUDGET_MS = 10_000;
export const LONGEST_BUDGET_MS = 60_000;
export const LARGEST_PAGE = 5_000;

export const timeBudget = budget(DEFAULT_BUDGET_MS, LONGEST_BUDGET_MS);

export const limit = integer({
  min: 1,
  max: LARGEST_PAGE,
  fallback: 100,
  description: 'Most items of the answer.',
});
