import { LIMITS } from '#event';

import { refused, type RefusedBody } from '../intake-result.ts';
import { weighJson } from './weigh-json.ts';

/** Bodies up to this size cannot ask for more than a parser gives in a moment. */
const LIGHT_BYTES = 1024 * 1024;
/**
 * A node takes some 50 bytes once parsed and 0.1 to 0.7 us to parse, so 64 MiB of `[],[],` would hold the process for
 * 14 s (measured) and take gigabytes. 10,000 events may have 200 nodes each.
 */
const MOST_NODES = 2_000_000;
/** Far beyond what an event may have; the deep event of a lighter body is rejected alone. */
const MOST_LEVELS = 100_000;

/** The refusal of a body that would take too long to parse, or too much memory; null where it would not. */
export function checkWeight(body: Uint8Array): RefusedBody | null {
  if (body.length <= LIGHT_BYTES) return null;
  const { depth, nodes, elements } = weighJson(body);
  if (elements > LIMITS.eventsPerRequest) return tooManyEvents(elements);
  if (depth > MOST_LEVELS) {
    return tooComplex(`is nested more than ${MOST_LEVELS} levels deep; flatten the events`);
  }
  if (nodes > MOST_NODES) {
    return tooComplex(
      `holds more than ${MOST_NODES} objects, arrays and values; send several requests`,
    );
  }
  return null;
}

function tooComplex(fault: string): RefusedBody {
  return refused(413, 'too-complex', `The body ${fault}.`);
}

/** The refusal of a request with too many events. */
export function tooManyEvents(count: number): RefusedBody {
  return refused(
    413,
    'too-many-events',
    `The request holds at least ${count} events, more than ${LIMITS.eventsPerRequest}; send several requests.`,
  );
}
