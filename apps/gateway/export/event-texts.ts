import type { StoredEvent } from '#event';

import { hitJson } from '../hits/hit-json.ts';
import type { Column } from './chosen-columns.ts';
import { csvCells, CSV_HEADER, csvHeader, csvRecord } from './csv.ts';

type Pages = AsyncIterable<readonly StoredEvent[]>;

/** What is written of each event: null is all of it. */
type Chosen = readonly Column[] | null;

/** CSV of RFC 4180 with a header line. */
export async function* csvText(pages: Pages, columns: Chosen): AsyncGenerator<string> {
  yield columns === null ? CSV_HEADER : csvHeader(columns);
  const record = columns === null ? csvRecord : (event: StoredEvent) => csvCells(event, columns);
  for await (const page of pages) yield page.map(record).join('');
}

/** One hit per line, or one object of the chosen fields; what an event does not have is left out. */
export async function* ndjsonText(pages: Pages, columns: Chosen): AsyncGenerator<string> {
  const json = columns === null ? hitJson : (event: StoredEvent) => chosenJson(event, columns);
  for await (const page of pages) yield page.map((event) => `${json(event)}\n`).join('');
}

function chosenJson(event: StoredEvent, columns: readonly Column[]): string {
  const members = columns.map(({ name, valueOf }) => [name, valueOf(event)] as const);
  return JSON.stringify(Object.fromEntries(members.filter(([, value]) => value !== null)));
}

/** `{"logs":[...]}`, a piece per page. */
export async function* logsJsonText(pages: Pages): AsyncGenerator<string> {
  let separator = '';
  yield '{"logs":[';
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield separator + page.map(hitJson).join(',');
    separator = ',';
  }
  yield ']}\n';
}
