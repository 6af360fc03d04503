export type { IntakeResult, ReadEvents, RefusedBody, RejectedEvent } from './intake-result.ts';
export { describeJsonError } from './json/json-error.ts';
export { readEvents, type IntakeFormat } from './read-events.ts';
