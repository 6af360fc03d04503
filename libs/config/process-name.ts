/** The programs that read settings. `standalone` is the one of `npm start`. */
export const PROCESS_NAMES = [
  'standalone',
  'ingest',
  'writer',
  'gateway',
  'keeper',
  'operator',
  'migrate',
] as const;

export type ProcessName = (typeof PROCESS_NAMES)[number];
