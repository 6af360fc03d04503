import type { LogLevel, LogLine, LogSink } from './telemetry.ts';

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** What a sink writes to: a stream, or a test's list. */
export type WriteLine = (text: string) => void;

/** Passes on lines of this level and above. */
export function fromLevel(least: LogLevel, sink: LogSink): LogSink {
  return (line) => {
    if (RANK[line.level] >= RANK[least]) sink(line);
  };
}

/** One JSON object per line, for containers: timestamp, level, event, message, then the event's fields. */
export function jsonLines(write: WriteLine, now: () => Date): LogSink {
  return ({ level, event, message, fields }) => {
    write(
      `${JSON.stringify(
        { timestamp: now().toISOString(), level, event, message, ...fields },
        jsonValue,
      )}\n`,
    );
  };
}

/** Short lines for a person at a terminal: time of day, level where it matters, message. */
export function readableText(write: WriteLine, now: () => Date): LogSink {
  return (line) => {
    const time = now().toTimeString().slice(0, 8);
    write(`${time} ${levelText(line)}${line.message}\n`);
  };
}

function levelText({ level }: LogLine): string {
  return level === 'info' ? '' : `${level.toUpperCase()} `;
}

/** Errors and bigints have no JSON of their own. */
function jsonValue(_key: string, value: unknown): unknown {
  if (value instanceof Error) return { name: value.name, message: value.message };
  return typeof value === 'bigint' ? value.toString() : value;
}
