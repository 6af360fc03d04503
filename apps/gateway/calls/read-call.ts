import type { RunOptions, SearchService } from '#search';

import type { ParameterSet, Values } from '../parameters/parameter.ts';

/** What a call may use while it runs. */
export interface CallContext {
  readonly search: SearchService;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/** A call that reads: its parameters and what it answers, as JSON text. Excluded: HTTP. */
export interface ReadCall<S extends ParameterSet> {
  /** For metrics and log lines. */
  readonly name: string;
  readonly parameters: S;
  readonly run: (values: Values<S>, context: CallContext) => Promise<string>;
}

/** Lets TypeScript infer the parameters' types. */
export function defineReadCall<const S extends ParameterSet>(call: ReadCall<S>): ReadCall<S> {
  return call;
}

export function runOptions(budgetMs: number, context: CallContext): RunOptions {
  return { budgetMs, signal: context.signal };
}
