import { Archive, withArchive, type Archived, type StartProgram } from './archive.ts';
import { BATCH, BatchTemplates } from './batch-templates.ts';
import { Connection } from './connection.ts';
import { loadEvents } from './queries.ts';
import type { Report } from './report.ts';
import { postUntilAcknowledged, SenderLedger } from './sender.ts';

const CONNECTIONS = 4;
const ALONE_MS = 20_000;
const KEPT_SHARE = 0.9;

/** What ingest at full speed keeps of its rate while a day of `count` events becomes columnar files. */
export async function benchBesideArchive(
  start: StartProgram,
  count: number,
  report: Report,
): Promise<void> {
  await withArchive(start, async ({ program, archive }: Archived) => {
    await loadEvents(program, count, Archive.closedDay());
    await archive.settle(program);
    const load = new FullLoad(
      await Promise.all(Array.from({ length: CONNECTIONS }, () => Connection.open(program.port))),
    );
    const before = await load.rateUntil(after(ALONE_MS));
    await archive.passTheQuietTime();
    const beside = await load.rateUntil(() => archive.isDone());
    const afterwards = await load.rateUntil(after(ALONE_MS));
    load.close();
    const share = beside / ((before + afterwards) / 2);
    report.verdict(
      `ingest in batches of ${BATCH} over ${CONNECTIONS} connections: ${Math.round(before)} events/s before, ${Math.round(beside)} while ` +
        `${count} events become columnar files, ${Math.round(afterwards)} after: ${(share * 100).toFixed(0)} %`,
      share >= KEPT_SHARE,
    );
  });
}

function after(ms: number): () => Promise<boolean> {
  const end = performance.now() + ms;
  return () => Promise.resolve(performance.now() >= end);
}

/** Sends batches without pause. */
class FullLoad {
  private readonly connections: readonly Connection[];
  private readonly templates = new BatchTemplates();
  private readonly ledger = new SenderLedger();
  private sent = 0;

  constructor(connections: readonly Connection[]) {
    this.connections = connections;
  }

  /** Events per second acknowledged until `isOver`, which is asked every 100 batches. */
  async rateUntil(isOver: () => Promise<boolean>): Promise<number> {
    const begun = performance.now();
    const acknowledged = this.ledger.acknowledged;
    let over = false;
    let asking = false;
    const work = async (connection: Connection): Promise<void> => {
      while (!over) {
        const body = this.templates.fill(this.sent, Date.now());
        this.sent += 1;
        await postUntilAcknowledged(connection, '/logs/batch', body, BATCH, this.ledger, null);
        if (this.sent % 100 === 0 && !asking) {
          asking = true;
          over ||= await isOver();
          asking = false;
        }
      }
    };
    await Promise.all(this.connections.map(work));
    return ((this.ledger.acknowledged - acknowledged) * 1_000) / (performance.now() - begun);
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }
}
