/**
 * A process of its own that does nothing but beat: `node --conditions=source beating-process.ts <url> <id> <kind>`.
 * It ends in order at SIGTERM, and with the process that started it.
 */
import { Telemetry } from '#telemetry';
import { openHealthPool } from '../health-pool.ts';
import { startHeartbeat } from '../heartbeat.ts';
import type { ProcessKind } from '../heartbeat-table.ts';

const [url = '', id = '', kind = 'writer'] = process.argv.slice(2);
const telemetry = new Telemetry(() => undefined);
const connection = openHealthPool({ url, telemetry });
const heartbeat = startHeartbeat({
  pool: connection.pool,
  id,
  process: { kind: kind as ProcessKind, version: '1.2.3', host: 'test-host' },
  telemetry,
  figures: () => ({
    totals: { storedEvents: 0 },
    queue: { ready: 7, unsettled: 2, bytes: 900 },
    writer: { heldBatches: 2, oldestSeconds: 1.5, breaker: 'closed' },
  }),
});

async function end(): Promise<void> {
  await heartbeat.stop();
  await connection.close(1_000);
  process.exit(0);
}

process.once('SIGTERM', () => void end());
process.once('disconnect', () => process.exit(1));
