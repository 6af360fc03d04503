import { mix } from './random.ts';

/**
 * The events of every bench: about 350 bytes each as JSON, event n the same in every run, so that the right answer
 * to every query is known without asking the server.
 */
export interface BenchEvent {
  readonly level: string;
  readonly message: string;
  readonly resourceId: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly commit: string;
  readonly parentResourceId: string;
}

export const PHRASE = 'connection reset by upstream';
export const NEEDLE = 'heliotrope';
export const SUBSTRING = 'n reset by up';
const RESOURCES = 200;
const EVENTS_PER_TRACE = 5;

const LEVELS = ['debug', 'info', 'info', 'info', 'info', 'info', 'info', 'warn', 'warn', 'error'];
const SUBJECTS = ['checkout', 'payment', 'inventory', 'session', 'catalogue', 'shipment', 'basket'];
const ACTIONS = ['accepted', 'validated', 'queued', 'retried', 'persisted', 'rendered', 'expired'];

/** Whether the phrase, or its words in another order, is in the message of event n. */
function phraseOf(n: number): 'phrase' | 'shuffled' | null {
  const slot = mix(n * 3 + 1) % 1_000;
  if (slot < 8) return 'phrase';
  return slot < 12 ? 'shuffled' : null;
}

/** The needle is in exactly seven of the first million events, and in no other. */
function hasNeedle(n: number): boolean {
  return n < 999_999 && n % 142_857 === 71_428;
}

function messageOf(n: number): string {
  const seed = mix(n);
  const subject = SUBJECTS[seed % SUBJECTS.length] ?? '';
  const action = ACTIONS[(seed >>> 8) % ACTIONS.length] ?? '';
  const phrase = phraseOf(n);
  const detail =
    phrase === 'phrase'
      ? PHRASE
      : phrase === 'shuffled'
        ? 'upstream connection by peer reset'
        : 'completed without a warning';
  const needle = hasNeedle(n) ? ` ${NEEDLE}` : '';
  return `${subject} request ${action} for customer ${seed % 100_000} in ${(seed >>> 4) % 3_000} ms: ${detail}${needle}, attempt ${1 + (seed % 3)} of 3`;
}

export function resourceOf(n: number): string {
  return `server-${String(mix(n * 7 + 3) % RESOURCES).padStart(4, '0')}`;
}

export function levelOf(n: number): string {
  return LEVELS[mix(n * 5 + 2) % LEVELS.length] ?? 'info';
}

/** 32 hexadecimal digits, as tracers make them. */
export function traceOf(n: number): string {
  const trace = Math.floor(n / EVENTS_PER_TRACE);
  return [trace, trace + 1e6, trace + 2e6, trace + 3e6].map((part) => hex(mix(part))).join('');
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}

export function benchEvent(n: number): BenchEvent {
  const seed = mix(n * 11 + 4);
  return {
    level: levelOf(n),
    message: messageOf(n),
    resourceId: resourceOf(n),
    traceId: traceOf(n),
    spanId: hex(seed) + hex(n >>> 0),
    commit: mix(n % 40)
      .toString(16)
      .padStart(10, '0'),
    parentResourceId: `rack-${String(seed % 20).padStart(3, '0')}`,
  };
}

/** One event as the JSON that a client would post; `n` in metadata is what the ledger check looks for. */
export function benchJson(n: number, timestampMs: number): string {
  const e = benchEvent(n);
  return `{"level":"${e.level}","message":"${e.message}","resourceId":"${e.resourceId}","timestamp":"${new Date(timestampMs).toISOString()}","traceId":"${e.traceId}","spanId":"${e.spanId}","commit":"${e.commit}","metadata":{"parentResourceId":"${e.parentResourceId}","n":${n}}}`;
}

/** What queries over events 0 ≤ n < count must answer. */
export interface KnownAnswers {
  readonly levels: Readonly<Record<string, number>>;
  readonly topResources: readonly { readonly value: string; readonly count: number }[];
  readonly phrase: number;
  readonly needle: number;
}

export function knownAnswers(count: number): KnownAnswers {
  const levels: Record<string, number> = {};
  const resources = new Map<string, number>();
  let phrase = 0;
  let needle = 0;
  for (let n = 0; n < count; n++) {
    const level = levelOf(n);
    levels[level] = (levels[level] ?? 0) + 1;
    const resource = resourceOf(n);
    resources.set(resource, (resources.get(resource) ?? 0) + 1);
    if (phraseOf(n) === 'phrase') phrase += 1;
    if (hasNeedle(n)) needle += 1;
  }
  const topResources = [...resources]
    .map(([value, total]) => ({ value, count: total }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  return { levels, topResources, phrase, needle };
}

/** The newest events below `count` that satisfy a condition, newest first. */
export function newest(count: number, limit: number, matches: (n: number) => boolean): number[] {
  const found: number[] = [];
  for (let n = count - 1; n >= 0 && found.length < limit; n--) if (matches(n)) found.push(n);
  return found;
}

export const hasPhrase = (n: number): boolean => phraseOf(n) === 'phrase';
export { hasNeedle };
