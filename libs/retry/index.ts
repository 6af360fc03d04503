export { backoffMs, type BackoffSettings } from './backoff.ts';
export { systemSleep, type Sleep } from './sleep.ts';
