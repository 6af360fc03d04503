import type { IngestToken, TokenToKeep } from '../../api/tokens-api.ts';
import type { Faults } from '../faults.ts';
import { readServices } from '../service-names.ts';
import { formatBytes, parseBytes } from '../../i18n/byte-size.ts';

/** A token as it is written in the form. */
export interface TokenDraft {
  readonly name: string;
  readonly services: string;
  readonly eventsPerSecond: string;
  readonly burst: string;
  readonly bytesPerDay: string;
  /** `YYYY-MM-DD`, until the end of which UTC day; empty: never. */
  readonly expires: string;
  readonly disabled: boolean;
}

const EMPTY: TokenDraft = {
  name: '',
  services: '',
  eventsPerSecond: '',
  burst: '',
  bytesPerDay: '',
  expires: '',
  disabled: false,
};

export function draftOf(token: IngestToken | null): TokenDraft {
  if (token === null) return EMPTY;
  return {
    name: token.name,
    services: (token.services ?? []).join('\n'),
    eventsPerSecond: numberText(token.eventsPerSecond),
    burst: numberText(token.burst),
    bytesPerDay: bytesText(token.bytesPerDay),
    expires: (token.expiresAt ?? '').slice(0, 10),
    disabled: token.disabled,
  };
}

function numberText(value: number | null): string {
  return value === null ? '' : value.toString();
}

export type ReadDraft =
  | { readonly ok: true; readonly token: TokenToKeep }
  | { readonly ok: false; readonly faults: Faults };

/** @param before the moment of expiry that stays as it is while its day does */
export function readDraft(draft: TokenDraft, before: string | null): ReadDraft {
  const faults = new Map<string, string>();
  const number = (field: 'eventsPerSecond' | 'burst', text: string): number | null => {
    if (text.trim() === '') return null;
    const value = Number(text.replaceAll(/[\s,_]/g, ''));
    if (Number.isInteger(value) && value > 0) return value;
    faults.set(field, $localize`Write a whole number from 1 on, or nothing.`);
    return null;
  };
  const token: TokenToKeep = {
    name: draft.name.trim(),
    services: readServices(draft.services),
    eventsPerSecond: number('eventsPerSecond', draft.eventsPerSecond),
    burst: number('burst', draft.burst),
    bytesPerDay: bytes(draft.bytesPerDay, faults),
    disabled: draft.disabled,
    expiresAt: expiry(draft.expires, before),
  };
  if (token.name === '') faults.set('name', $localize`A name is needed.`);
  return faults.size === 0 ? { ok: true, token } : { ok: false, faults };
}

function bytes(text: string, faults: Map<string, string>): number | null {
  if (text.trim() === '') return null;
  const value = parseBytes(text);
  if (value > 0) return value;
  faults.set('bytesPerDay', $localize`Write a size like 500 MB, or nothing.`);
  return null;
}

/** Exact: with a unit only where nothing of it is lost. */
function bytesText(value: number | null): string {
  if (value === null) return '';
  const short = formatBytes(value);
  return parseBytes(short) === value ? short : value.toString();
}

function expiry(day: string, before: string | null): string | null {
  if (day === '') return null;
  return before?.startsWith(day) === true ? before : `${day}T23:59:59Z`;
}
