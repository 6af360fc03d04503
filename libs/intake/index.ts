export type { IntakeResult, ReadEvents, RefusedBody, RejectedEvent } from './intake-result.ts';
export { readEvents, type IntakeFormat } from './read-events.ts';
