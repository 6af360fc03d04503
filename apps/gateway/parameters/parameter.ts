import type { Micros } from '#event';

import type { InlineSchema } from '../openapi/schema.ts';

/** What a parameter's text came to: its value, or why not and what to send instead. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly detail: string; readonly extensions?: QuerySyntax };

/** Where a query is wrong: what the page underlines. */
export interface QuerySyntax {
  /** 1-based. */
  readonly column: number;
  readonly length: number;
  readonly expected: readonly string[];
  /** The query as this language writes it, where it seems to be one of another product. */
  readonly rewritten?: string;
}

/**
 * One parameter of a call: how it is read and what the API's documentation says of it, in one place, so that
 * the two cannot disagree.
 */
export interface Parameter<T> {
  readonly description: string;
  readonly schema: InlineSchema;
  readonly required: boolean;
  /** `value` is null when the parameter is absent or empty; `now` anchors relative times. */
  readonly read: (value: string | null, now: Micros) => Reading<T>;
  /** Reads in place of `read` what a JSON body holds, undefined where it is absent: for what is no text. */
  readonly readJson?: (value: unknown) => Reading<T>;
}

export type ParameterSet = Readonly<Record<string, Parameter<unknown>>>;

/** The values of a set of parameters. */
export type Values<S extends ParameterSet> = {
  readonly [Name in keyof S]: S[Name] extends Parameter<infer T> ? T : never;
};

export function accepted<T>(value: T): Reading<T> {
  return { ok: true, value };
}

export function refused(detail: string): Reading<never> {
  return { ok: false, detail };
}
