import { number } from './counted.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Bytes with a unit of thousands. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let at = 0;
  while (value >= 1_000 && at < UNITS.length - 1) {
    value /= 1_000;
    at += 1;
  }
  const shown = number(value, { maximumFractionDigits: value < 10 ? 1 : 0 });
  return `${shown} ${UNITS[at] ?? 'B'}`;
}

/** `500 MB`, `2gb`, `1.5 GiB` or a number of bytes; NaN where it is none. */
export function parseBytes(text: string): number {
  const [, amount, prefix = '', binary] =
    /^\s*(\d+(?:\.\d+)?)\s*(?:([kmgtp]?)(i?)b)?\s*$/i.exec(text) ?? [];
  if (amount === undefined) return Number.NaN;
  const power = ' kmgtp'.indexOf(prefix.toLowerCase() || ' ');
  return Math.round(Number(amount) * (binary ? 1_024 : 1_000) ** power);
}
