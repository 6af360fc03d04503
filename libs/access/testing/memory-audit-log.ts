import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';

/** An audit log in memory, for tests. */
export class MemoryAuditLog implements AuditLog {
  readonly entries: AuditEntry[] = [];

  record(entry: AuditEntry): Promise<void> {
    this.entries.push(entry);
    return Promise.resolve();
  }
}
