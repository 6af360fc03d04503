import type {
  QuarantinedEvents,
  QuarantineEntry,
  QuarantinePage,
} from '../quarantine/quarantined-events.ts';

/** A quarantine in memory, for tests. */
export class MemoryQuarantine implements QuarantinedEvents {
  readonly items: { readonly entry: QuarantineEntry; readonly raw: Buffer }[] = [];

  add(id: string, reason: string, raw: string): void {
    const entry = {
      id,
      quarantinedAt: 1_694_764_800_000_000,
      reason,
      detail: `${reason} in a column`,
      batchId: null,
      events: 1,
    };
    this.items.push({ entry, raw: Buffer.from(raw) });
  }

  list(request: {
    readonly cursor: string | null;
    readonly reason: string | null;
    readonly limit: number;
  }): Promise<QuarantinePage> {
    const { cursor, reason, limit } = request;
    const matching = this.items
      .map(({ entry }) => entry)
      .filter((entry) => reason === null || entry.reason === reason)
      .filter((entry) => cursor === null || Number(entry.id) < Number(cursor))
      .sort((a, b) => Number(b.id) - Number(a.id));
    const entries = matching.slice(0, limit);
    const nextCursor = matching.length > limit ? (entries.at(-1)?.id ?? null) : null;
    return Promise.resolve({ entries, nextCursor });
  }

  raw(id: string): Promise<Buffer | null> {
    return Promise.resolve(this.items.find(({ entry }) => entry.id === id)?.raw ?? null);
  }

  delete(id: string): Promise<boolean> {
    const at = this.items.findIndex(({ entry }) => entry.id === id);
    if (at >= 0) this.items.splice(at, 1);
    return Promise.resolve(at >= 0);
  }
}
