import type { BatchRange, LogEvent } from '#event';
import type { ReadEvents, RejectedEvent } from '#intake';

/**
 * What is left of the events of a request when only those of some services may be sent; the others are rejected. The
 * cut into batches stays that of the body, for what may be sent can change between a request and its repeat.
 *
 * @param services null: all, and those without one
 */
export function allowedEvents(read: ReadEvents, services: ReadonlySet<string> | null): ReadEvents {
  if (services === null || read.events.every((event) => isAllowed(event, services))) return read;
  const events: LogEvent[] = [];
  const sizes: number[] = [];
  const foreign: RejectedEvent[] = [];
  /** How many events before each place are kept. */
  const keptBefore: number[] = [];
  const places = placesOf(read);
  read.events.forEach((event, at) => {
    keptBefore.push(events.length);
    if (isAllowed(event, services)) {
      events.push(event);
      sizes.push(read.sizes[at] ?? 0);
    } else foreign.push({ index: places[at] ?? at, reason: reasonOf(event, services) });
  });
  const kept = (place: number): number => keptBefore[place] ?? events.length;
  const moved = ({ start, end }: BatchRange): BatchRange => ({
    start: kept(start),
    end: kept(end),
  });
  const rejected = [...read.rejected, ...foreign].sort((a, b) => a.index - b.index);
  return { ...read, events, sizes, rejected, parts: read.parts.map(moved) };
}

function isAllowed({ service }: LogEvent, services: ReadonlySet<string>): boolean {
  return typeof service === 'string' && services.has(service);
}

/** Characters of a name that a reason repeats. */
const LONGEST_NAME = 100;
/** Names of allowed services that a reason lists. */
const MOST_NAMES = 5;

function reasonOf({ service }: LogEvent, services: ReadonlySet<string>): string {
  const names = [...services].slice(0, MOST_NAMES).map((name) => JSON.stringify(name));
  const more = services.size > MOST_NAMES ? ' and others' : '';
  const allowed = `the token may send events of ${names.join(', ')}${more}`;
  return typeof service === 'string'
    ? `service: ${allowed}, not of ${JSON.stringify(service.slice(0, LONGEST_NAME))}`
    : `service: it is missing, and ${allowed} only`;
}

/** The place of each accepted event among all events of the request. */
function placesOf({ events, rejected }: ReadEvents): number[] {
  const gaps = new Set(rejected.map(({ index }) => index));
  const places: number[] = [];
  for (let index = 0; places.length < events.length; index++)
    if (!gaps.has(index)) places.push(index);
  return places;
}
