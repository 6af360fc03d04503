import type { Parsed, SettingType } from './setting-type.ts';

const KEY_VALUES = 'key=value,…';

/** `key=value` pairs separated by commas, the values URL-encoded: the form of OTEL_RESOURCE_ATTRIBUTES. */
export const keyValues: SettingType<Readonly<Record<string, string>>> = {
  label: `\`${KEY_VALUES}\``,
  parse(text) {
    const pairs = text
      .split(',')
      .map((pair) => pair.trim())
      .filter((pair) => pair !== '')
      .map(pairOf);
    if (pairs.includes(null)) return { ok: false, reason: `is not like ${KEY_VALUES}` };
    return { ok: true, value: Object.fromEntries(pairs.filter((pair) => pair !== null)) };
  },
  format: (value) =>
    Object.entries(value)
      .map(([key, text]) => `${key}=${encodeURIComponent(text)}`)
      .join(','),
};

function pairOf(pair: string): [string, string] | null {
  const [, key = '', value = ''] = /^([^=\s]+)\s*=\s*(.*)$/.exec(pair) ?? [];
  if (key === '') return null;
  try {
    return [key, decodeURIComponent(value)];
  } catch {
    return null;
  }
}

/** A share, as `0.01`. */
export const share: SettingType<number> = {
  label: 'number, 0 to 1',
  parse(text): Parsed<number> {
    const number = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
    return number >= 0 && number <= 1
      ? { ok: true, value: number }
      : { ok: false, reason: 'is not a number from 0 to 1' };
  },
  format: String,
};
