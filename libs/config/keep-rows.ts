import { duration, type SettingType } from './setting-type.ts';

/** A time in ms, or for ever. */
export type KeepTime = number | 'forever';

export const keepTime: SettingType<KeepTime> = {
  label: 'duration, as `30d`; `0`; or `forever`',
  parse(text) {
    if (text === 'forever') return { ok: true, value: text };
    return text === '0' ? { ok: true, value: 0 } : duration.parse(text);
  },
  format: (value) => (value === 'forever' || value === 0 ? String(value) : duration.format(value)),
};
