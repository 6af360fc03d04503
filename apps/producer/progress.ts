import type { Tally } from './tally.ts';

const TTY_MS = 200;
const LOG_MS = 5_000;

/** Where progress is shown; `process.stderr` has this shape. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Shows how it goes: in place on a terminal, else a line every 5 s. The answer ends it. */
export function showProgress(tally: Tally, output: ProgressOutput): () => void {
  const begin = performance.now();
  const inPlace = output.isTTY === true;
  let before = { atMs: begin, sent: 0 };
  const show = (): void => {
    const now = performance.now();
    const perSecond = Math.round(((tally.sent - before.sent) / (now - before.atMs)) * 1_000);
    before = { atMs: now, sent: tally.sent };
    const line = progressLine(tally, (now - begin) / 1_000, perSecond);
    output.write(inPlace ? `\r\x1b[K${line}` : `${line}\n`);
  };
  const timer = setInterval(show, inPlace ? TTY_MS : LOG_MS);
  return () => {
    clearInterval(timer);
    if (inPlace) output.write('\r\x1b[K');
  };
}

function progressLine(tally: Tally, seconds: number, perSecond: number): string {
  const { sent, accepted, rejected, retried, undelivered } = tally;
  const waiting = sent - accepted - rejected - undelivered;
  return `${seconds.toFixed(0)} s: ${sent} sent, ${perSecond}/s, ${accepted} accepted, ${rejected} rejected, ${retried} retried, ${waiting} waiting`;
}
