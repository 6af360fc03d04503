import type { SecretValue } from '../specs/context.ts';
import { isMissing, type FoundValue, type Missing } from './secret-values.ts';

/** How to learn whether a backend can be reached. */
export type Reach =
  /** From its StatefulSet. */
  | { readonly kind: 'bundled' }
  /** Another operator says it. */
  | { readonly kind: 'told'; readonly ready: boolean; readonly message: string }
  /** By dialling what the resource or a Secret names. */
  | { readonly kind: 'dial'; readonly host: string; readonly port: number };

/** A backend with the Secret value that pods need for it, or what is missing. */
export type BackendLookup =
  | {
      readonly value: SecretValue;
      readonly reach: Reach;
      /** `host:port/name` of one that others may reach too. */
      readonly place: string | null;
    }
  | Missing;

const STANDARD_PORTS: Readonly<Record<string, number>> = {
  'postgres:': 5_432,
  'postgresql:': 5_432,
  'amqp:': 5_672,
  'amqps:': 5_671,
  'http:': 80,
  'https:': 443,
};

export function bundled(found: FoundValue | Missing): BackendLookup {
  return withReach(found, () => ({ kind: 'bundled' }), null);
}

/** A backend whose URL is the value. */
export function dialled(found: FoundValue | Missing): BackendLookup {
  return withReach(
    found,
    ({ value, text }) => reachOfUrl(text, `key ${value.key} of Secret ${value.secret}`),
    isMissing(found) ? null : placeOf(found.text),
  );
}

export function told(found: FoundValue | Missing, ready: boolean, message: string): BackendLookup {
  const lookup = dialled(found);
  return isMissing(lookup) ? lookup : { ...lookup, reach: { kind: 'told', ready, message } };
}

export function withReach(
  found: FoundValue | Missing,
  reachOf: (found: FoundValue) => Reach | Missing,
  place: string | null,
): BackendLookup {
  if (isMissing(found)) return found;
  const reach = reachOf(found);
  return isMissing(reach) ? reach : { value: found.value, reach, place };
}

/** The same for two URLs of one database, virtual host or server, whoever logs in; null for no URL. */
export function placeOf(uri: string): string | null {
  const url = URL.parse(uri);
  if (url === null) return null;
  const port = url.port === '' ? STANDARD_PORTS[url.protocol] : url.port;
  const name = url.pathname.slice(1).replace(/^%2f$/i, '');
  return `${url.hostname.toLowerCase()}:${port ?? ''}/${name}`;
}

/** @param where the URL stands, for people */
export function reachOfUrl(uri: string, where: string): Reach | Missing {
  const url = URL.parse(uri);
  const standard = url === null ? undefined : STANDARD_PORTS[url.protocol];
  if (url === null || standard === undefined || url.hostname === '')
    return { reason: 'InvalidUri', message: `${where} is not a URL with a scheme and a host` };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { kind: 'dial', host, port: url.port === '' ? standard : Number(url.port) };
}
