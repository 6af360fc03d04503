/** The six canonical severities, mildest first. A level's rank is its index here; rows store the rank. */
export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

export type Level = (typeof LEVELS)[number];

/** Rank of a level: 0 for `trace` to 5 for `fatal`. */
export function levelRank(level: Level): number {
  return LEVELS.indexOf(level);
}

/** Further names of each level: logcat letters, java.util.logging, syslog, .NET, three-letter forms of zerolog. */
const SPELLINGS: Readonly<Record<Level, readonly string[]>> = {
  trace: ['t', 'trc', 'v', 'verbose', 'finest', 'finer'],
  debug: ['d', 'dbg', 'fine', 'config'],
  info: ['i', 'inf', 'information', 'informational', 'notice', 'log'],
  warn: ['w', 'wrn', 'warning'],
  error: ['e', 'err', 'severe'],
  fatal: ['f', 'ftl', 'crit', 'critical', 'alert', 'emerg', 'emergency', 'panic'],
};

const BY_NAME = new Map<string, Level>();
for (const level of LEVELS) {
  for (const name of [level, ...SPELLINGS[level]]) {
    // The two usual cases are found without lower-casing.
    BY_NAME.set(name, level).set(name.toUpperCase(), level);
  }
}

/** The level that a text names, ignoring case and surrounding space, or null. Numbers name none here. */
export function levelOfName(name: string): Level | null {
  const level = BY_NAME.get(name);
  if (level !== undefined) return level;
  // Longer texts are no level; cutting them here bounds the work on them.
  return name.length > 100 ? null : (BY_NAME.get(name.trim().toLowerCase()) ?? null);
}

/** Severities of syslog, RFC 5424 section 6.2.1: 0 emergency to 7 debug. */
const SYSLOG: readonly Level[] = [
  'fatal',
  'fatal',
  'fatal',
  'error',
  'warn',
  'info',
  'info',
  'debug',
];

/** Numbers of pino and bunyan: 10 trace to 60 fatal; one between belongs to the step below it. */
function levelOfNumber(value: number): Level | null {
  if (!Number.isInteger(value) || value < 0 || value > 60) return null;
  if (value < SYSLOG.length) return SYSLOG[value] ?? null;
  return LEVELS[Math.floor(value / 10) - 1] ?? null;
}

/**
 * The level that a value means: any known name, 0-7 (syslog) or 10-60 (pino) as a number or as text.
 * Null if it means none.
 */
export function parseLevel(value: string | number): Level | null {
  if (typeof value === 'number') return levelOfNumber(value);
  return levelOfName(value) ?? (isDigits(value.trim()) ? levelOfNumber(Number(value)) : null);
}

function isDigits(text: string): boolean {
  return text.length <= 2 && /^\d{1,2}$/.test(text);
}
