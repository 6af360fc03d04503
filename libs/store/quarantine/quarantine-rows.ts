import type { Batch } from '#event';
import { CopyBuffer } from '../write/copy-buffer.ts';
import type { RefusedEvent } from '../write/refused-events.ts';
import type { Step } from '../write/script.ts';
import { rawEvents } from './raw-events.ts';

/** Reason of an event that Postgres does not take. */
export const REFUSED_REASON = 'refused-by-database';

/** The statement that puts refused events into quarantine, each as an entry of its own. */
export function quarantineStep(
  refused: readonly RefusedEvent[],
  batchOf: (event: RefusedEvent) => Batch,
): Step {
  const rows = new CopyBuffer(refused.length * 512);
  for (const each of refused) {
    const raw = rawEvents([each.event]);
    rows.startRow(5, REFUSED_REASON.length + each.detail.length * 3 + raw.length + 32);
    rows.text(REFUSED_REASON);
    rows.text(each.detail);
    rows.bytea(Buffer.from(batchOf(each).id.replaceAll('-', ''), 'hex'));
    rows.integer(1);
    rows.bytea(raw);
  }
  return {
    sql: 'COPY quarantine (reason, detail, batch_id, events, raw) FROM STDIN (FORMAT binary)',
    copy: rows.finish(),
  };
}
