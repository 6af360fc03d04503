import type { Telemetry } from '#telemetry';
import {
  postgresExited,
  postgresInitialising,
  postgresOrphan,
  postgresReady,
  postgresRecovering,
  postgresRestartFailed,
} from '../telemetry.ts';
import type { PostgresReport } from './embedded-postgres.ts';

/** What happens to the embedded server, as telemetry. */
export function reportPostgres(telemetry: Telemetry): (report: PostgresReport) => void {
  return (report) => {
    switch (report.kind) {
      case 'initialising':
        telemetry.emit(postgresInitialising, report);
        return;
      case 'orphan':
        telemetry.emit(postgresOrphan, report);
        return;
      case 'recovering':
        telemetry.emit(postgresRecovering, report);
        return;
      case 'ready':
        telemetry.emit(postgresReady, report);
        return;
      case 'exited':
        telemetry.emit(postgresExited, report);
        return;
      case 'restart-failed':
        telemetry.emit(postgresRestartFailed, report);
    }
  };
}
