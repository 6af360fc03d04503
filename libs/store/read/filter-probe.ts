import type { TokenRequirement } from '#query';
import {
  mayContainHash,
  mayHoldHash,
  probesOf,
  type FilterBits,
} from '../skip-index/bloom-filter.ts';
import { tokenHash } from '../skip-index/token-hash.ts';

/** A requirement with its tokens hashed once for all filters. */
export type Probe =
  | { readonly kind: 'token'; readonly hash: number }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Probe[] }
  | { readonly kind: 'unknown' };

export function toProbe(requirement: TokenRequirement): Probe {
  switch (requirement.kind) {
    case 'token':
      return { kind: 'token', hash: tokenHash(requirement.token) };
    case 'all':
    case 'any':
      return { kind: requirement.kind, of: requirement.of.map(toProbe) };
    case 'unknown':
      return requirement;
  }
}

/** False only where nothing under the filter can fulfil the requirement. */
export function mayFulfil(probe: Probe, filter: Uint8Array): boolean {
  return mayHold(probe, (hash) => mayContainHash(filter, hash));
}

/** `mayFulfil` for a filter that is not in memory. */
export function mayFulfilBits(probe: Probe, filter: FilterBits): boolean {
  return mayHold(probe, (hash) => mayHoldHash(filter, hash));
}

function mayHold(probe: Probe, holds: (hash: number) => boolean): boolean {
  switch (probe.kind) {
    case 'token':
      return holds(probe.hash);
    case 'all':
      return probe.of.every((part) => mayHold(part, holds));
    case 'any':
      return probe.of.some((part) => mayHold(part, holds));
    case 'unknown':
      return true;
  }
}

/** `mayFulfil` as SQL over `skip_filter.bits`. It reads single bytes, of which TOAST fetches their chunks only. */
export function probeSql(probe: Probe): string {
  switch (probe.kind) {
    case 'token':
      return probesOf(probe.hash).map(bitSql).join(' AND ');
    case 'all':
      return join(probe.of, ' AND ', 'true');
    case 'any':
      return join(probe.of, ' OR ', 'false');
    case 'unknown':
      return 'true';
  }
}

function join(parts: readonly Probe[], operator: string, none: string): string {
  if (parts.length === 0) return none;
  return parts.map((part) => `(${probeSql(part)})`).join(operator);
}

/** The header of a filter is 8 bytes; the point is a share of its bits, as a 32-bit fraction. */
function bitSql(point: number): string {
  const bit = `((${point}::bigint * ((octet_length(bits) - 8) * 8)) >> 32)`;
  return `(get_byte(substr(bits, (9 + (${bit} >> 3))::int, 1), 0) >> (${bit} & 7)::int) & 1 = 1`;
}
