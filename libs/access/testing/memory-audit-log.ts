import type { AuditEntry } from '../audit/audit-log.ts';
import type { AuditPage, AuditTrail } from '../audit/audit-trail.ts';

/** An audit log in memory, for tests of what writes into it: a search finds everything, oldest first. */
export class MemoryAuditLog implements AuditTrail {
  readonly entries: AuditEntry[] = [];

  record(entry: AuditEntry): Promise<void> {
    this.entries.push(entry);
    return Promise.resolve();
  }

  find(): Promise<AuditPage> {
    const entries = this.entries.map((entry, n) => ({ ...entry, id: String(n + 1), at: 0 }));
    return Promise.resolve({ entries, nextCursor: null });
  }
}
