import type { Micros } from '#event';

/** Whether a text holds the pattern; or why the pattern is none, as text. */
export type CompilePattern = (pattern: string) => ((text: string) => boolean) | string;

export interface BuildOptions {
  /** What relative times count from. */
  readonly now: Micros;
  readonly compilePattern: CompilePattern;
}
