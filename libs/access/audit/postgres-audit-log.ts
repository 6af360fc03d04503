import type { Pool } from 'pg';
import type { Clock } from '#event';
import { asStoreError } from '#store';
import type { AuditEntry, AuditLog } from './audit-log.ts';
import { recordEntry } from './record-entry.ts';

/** The audit log in the table `audit_entry`. */
export class PostgresAuditLog implements AuditLog {
  private readonly pool: Pool;
  private readonly clock: Clock;

  constructor(pool: Pool, clock: Clock) {
    this.pool = pool;
    this.clock = clock;
  }

  async record(entry: AuditEntry): Promise<void> {
    try {
      await recordEntry(this.pool, this.clock(), entry);
    } catch (error) {
      throw asStoreError(error);
    }
  }
}
