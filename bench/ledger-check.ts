import type { Program } from './program.ts';

export interface LedgerVerdict {
  readonly found: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly foreign: number;
}

/**
 * Reads everything back through the export and looks for each number 0 ≤ n < expected once: what was acknowledged
 * must be found, exactly once, by the way users read.
 */
export async function checkLedger(
  program: Pick<Program, 'origin'>,
  query: string,
  expected: number,
): Promise<LedgerVerdict> {
  const seen = new Uint8Array(expected);
  let found = 0;
  let duplicated = 0;
  let foreign = 0;
  for await (const n of exportedNumbers(program, query)) {
    found += 1;
    if (n < 0 || n >= expected) foreign += 1;
    else if (seen[n] === 1) duplicated += 1;
    else seen[n] = 1;
  }
  const lost = seen.reduce((missing, mark) => missing + (mark === 0 ? 1 : 0), 0);
  return { found, lost, duplicated, foreign };
}

const NUMBER = /"n": ?(\d+)/g;

async function* exportedNumbers(
  program: Pick<Program, 'origin'>,
  query: string,
): AsyncGenerator<number> {
  const answer = await fetch(
    `${program.origin}/api/v1/export?format=ndjson&q=${encodeURIComponent(query)}`,
  );
  if (!answer.ok || answer.body === null) throw new Error(`export: ${answer.status}`);
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of answer.body) {
    const text = rest + decoder.decode(chunk as Uint8Array, { stream: true });
    const complete = text.lastIndexOf('\n') + 1;
    for (const match of text.slice(0, complete).matchAll(NUMBER)) yield Number(match[1]);
    rest = text.slice(complete);
  }
}

export function verdictLine(sent: number, acknowledged: number, verdict: LedgerVerdict): string {
  return `sent ${sent} acked ${acknowledged} found ${verdict.found} lost ${verdict.lost} duplicated ${verdict.duplicated} foreign ${verdict.foreign}`;
}

export function isClean(sent: number, acknowledged: number, verdict: LedgerVerdict): boolean {
  const { found, lost, duplicated, foreign } = verdict;
  return sent === acknowledged && found === sent && lost + duplicated + foreign === 0;
}
