import type { StoredEvent } from '#event';

import { hitJson } from '../hits/hit-json.ts';
import { CSV_HEADER, csvRecord } from './csv.ts';

type Pages = AsyncIterable<readonly StoredEvent[]>;

/** CSV of RFC 4180 with a header line. */
export async function* csvText(pages: Pages): AsyncGenerator<string> {
  yield CSV_HEADER;
  for await (const page of pages) yield page.map(csvRecord).join('');
}

/** One hit per line. */
export async function* ndjsonText(pages: Pages): AsyncGenerator<string> {
  for await (const page of pages) yield page.map((event) => `${hitJson(event)}\n`).join('');
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
