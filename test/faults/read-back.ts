import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { EventAccount } from './event-account.ts';
import type { KnownEvent } from './known-event.ts';

/**
 * Reads everything that is stored, or what a query finds, through the export call into the account. Rejects when the
 * export breaks off.
 */
export async function readBack(url: string, account: EventAccount, query = ''): Promise<void> {
  const q = encodeURIComponent(query);
  const response = await fetch(`${url}/api/v1/export?format=ndjson&order=asc&q=${q}`);
  if (response.status !== 200 || response.body === null) {
    throw new Error(`the export answered ${response.status}: ${await response.text()}`);
  }
  const body = Readable.fromWeb(response.body);
  for await (const line of createInterface({ input: body, crlfDelay: Infinity })) {
    if (line !== '') account.found(JSON.parse(line) as { readonly id: string } & KnownEvent);
  }
}

/** How many events are stored, or match a query, by the count call. */
export async function storedCount(url: string, query = ''): Promise<number> {
  const response = await fetch(`${url}/api/v1/count?q=${encodeURIComponent(query)}`);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`the count answered ${response.status}: ${text}`);
  return (JSON.parse(text) as { count: number }).count;
}
