import { fromLevel, jsonLines, readableText, Telemetry, type LogLevel } from '#telemetry';

export interface LogSettings {
  /** `auto`: text on a terminal, else JSON lines. */
  readonly logFormat: 'auto' | 'json' | 'text';
  readonly logLevel: LogLevel;
}

/** Telemetry whose log goes to standard output. */
export function openTelemetry({ logFormat, logLevel }: LogSettings): Telemetry {
  const text = logFormat === 'text' || (logFormat === 'auto' && process.stdout.isTTY);
  const sink = text ? readableText : jsonLines;
  const write = (line: string): void => {
    process.stdout.write(line);
  };
  return new Telemetry(
    fromLevel(
      logLevel,
      sink(write, () => new Date()),
    ),
  );
}
