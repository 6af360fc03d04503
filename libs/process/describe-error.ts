import { SettingsError } from '#config';
import { StartupError } from './startup-error.ts';

/** One sentence for what the user can mend, the stack for everything else. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isExpected =
    error instanceof StartupError || error instanceof SettingsError || isOfBackend(error);
  return isExpected ? error.message : (error.stack ?? error.message);
}

/** Errors of store, queue and index say whether they are permanent, and their messages are made for people. */
function isOfBackend(error: Error): boolean {
  return 'permanent' in error && typeof error.permanent === 'boolean';
}
