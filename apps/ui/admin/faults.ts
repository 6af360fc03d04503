import type { ApiProblem } from '../api/problem.ts';

/** What is wrong with a form, by the name of its member; `''` is of the form as a whole. */
export type Faults = ReadonlyMap<string, string>;

export function faultsOf(problem: ApiProblem): Faults {
  const [first] = problem.errors;
  if (first === undefined) return new Map([['', problem.detail || problem.title]]);
  return new Map(problem.errors.map(({ field, detail }) => [field, sentence(detail)]));
}

function sentence(detail: string): string {
  return detail.charAt(0).toUpperCase() + detail.slice(1);
}
