import type { LoggerService, NestApplicationOptions } from '@nestjs/common';
import type { Telemetry } from '#telemetry';
import { frameworkMessage } from './telemetry.ts';

/** Options for NestFactory: its messages become telemetry, and a failed start is an error of ours. */
export function nestOptions<More extends object>(
  telemetry: Telemetry,
  more: More,
): NestApplicationOptions & More {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class but takes, and documents, a literal
  return { logger: frameworkLogger(telemetry), abortOnError: false, ...more };
}

/** Nest's own warnings and errors; its news of modules and routes are nobody's concern. */
function frameworkLogger(telemetry: Telemetry): LoggerService {
  const pass = (message: unknown): void => {
    telemetry.emit(frameworkMessage, { message: String(message) });
  };
  return { log: () => undefined, warn: pass, error: pass, fatal: pass };
}
