/** What a text from the environment means, or why it means nothing (continuing "NAME: "text" ..."). */
export type Parsed<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly reason: string };

export interface SettingType<Value> {
  /** For the table of settings: what may be written. */
  readonly label: string;
  parse(text: string): Parsed<Value>;
  /** The text that would give the value. */
  format(value: Value): string;
}

function parsed<Value>(value: Value): Parsed<Value> {
  return { ok: true, value };
}

function failed(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

export const text: SettingType<string> = {
  label: 'text',
  parse: (value) => (value === '' ? failed('is empty') : parsed(value)),
  format: (value) => value,
};

/** A part of names on other servers, which take no more than this. */
export const label: SettingType<string> = {
  label: 'letters, digits, `-` and `_`, up to 50',
  parse: (value) =>
    /^[A-Za-z0-9_-]{1,50}$/.test(value)
      ? parsed(value)
      : failed('is not of letters, digits, - and _ (1 to 50 of them)'),
  format: (value) => value,
};

/** Texts separated by commas. */
export const textList: SettingType<readonly string[]> = {
  label: 'list, separated by commas',
  parse: (value) =>
    parsed(
      value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    ),
  format: (value) => value.join(','),
};

export const boolean: SettingType<boolean> = {
  label: '`true` or `false`',
  parse(value) {
    if (value === 'true' || value === '1') return parsed(true);
    if (value === 'false' || value === '0') return parsed(false);
    return failed('is neither "true" nor "false"');
  },
  format: String,
};

/** A TCP port; 0 lets the system choose one. */
export const port: SettingType<number> = {
  label: 'port',
  parse(value) {
    const number = wholeNumber(value);
    return number !== null && number <= 65_535
      ? parsed(number)
      : failed('is not a port (0 to 65535)');
  },
  format: String,
};

export function integer(least: number, most: number): SettingType<number> {
  return {
    label: `whole number, ${least} to ${most}`,
    parse(value) {
      const number = wholeNumber(value);
      return number !== null && number >= least && number <= most
        ? parsed(number)
        : failed(`is not a whole number from ${least} to ${most}`);
    },
    format: String,
  };
}

export function oneOf<const Values extends readonly string[]>(
  ...values: Values
): SettingType<Values[number]> {
  return {
    label: values.map((value) => `\`${value}\``).join(', '),
    parse(value) {
      const found = values.find((known) => known === value);
      return found === undefined
        ? failed(`is not one of ${values.join(', ')}`)
        : parsed<Values[number]>(found);
    },
    format: String,
  };
}

export function url(...protocols: readonly string[]): SettingType<string> {
  return {
    label: `URL (${protocols.map((protocol) => `\`${protocol}://\``).join(', ')})`,
    parse(value) {
      const given = URL.parse(value);
      return given !== null && protocols.includes(given.protocol.slice(0, -1))
        ? parsed(value)
        : failed(`is not a URL that begins with ${protocols.map((p) => `${p}://`).join(' or ')}`);
    },
    format: (value) => value,
  };
}

/** Largest first, so that formatting finds the unit that divides the value. */
type Units = readonly (readonly [unit: string, size: number])[];

const BYTE_UNITS: Units = [
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
  ['B', 1],
];

const DURATION_UNITS: Units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];

/** Bytes, as `256MiB`; a bare number is bytes. */
export const bytes: SettingType<number> = quantity(
  'bytes',
  BYTE_UNITS,
  'is not a size like 256MiB (units B, KiB, MiB, GiB)',
  'B',
);

/** Milliseconds, as `10s` or `30d`; the unit is required. */
export const duration: SettingType<number> = quantity(
  'duration',
  DURATION_UNITS,
  'is not a duration like 10s or 30d (units ms, s, m, h, d)',
  null,
);

/** A duration within bounds, given as durations too. */
export function durationBetween(least: string, most: string): SettingType<number> {
  const bounds = [duration.parse(least), duration.parse(most)].map((bound) =>
    bound.ok ? bound.value : Number.NaN,
  );
  const [shortest = Number.NaN, longest = Number.NaN] = bounds;
  return {
    label: `duration, ${least} to ${most}`,
    parse(value) {
      const given = duration.parse(value);
      if (!given.ok || (given.value >= shortest && given.value <= longest)) return given;
      return failed(`is not a duration from ${least} to ${most}`);
    },
    format: (value) => duration.format(value),
  };
}

function quantity(
  noun: string,
  units: Units,
  complaint: string,
  bareUnit: string | null,
): SettingType<number> {
  const [largest = ''] = units[0] ?? [];
  return {
    label: `${noun}, as \`${noun === 'bytes' ? '256MiB' : `30${largest}`}\``,
    parse(value) {
      const [, number = '', unit = ''] = /^(\d+)\s*([a-zA-Z]*)$/.exec(value) ?? [];
      const size = units.find(([name]) => name === (unit === '' ? bareUnit : unit))?.[1];
      const result = Number(number) * (size ?? Number.NaN);
      return number !== '' && Number.isSafeInteger(result) ? parsed(result) : failed(complaint);
    },
    format(value) {
      const [unit, size] = units.find(([, each]) => value % each === 0) ?? ['', 1];
      return `${value / size}${unit}`;
    },
  };
}

function wholeNumber(value: string): number | null {
  return /^\d{1,15}$/.test(value) ? Number(value) : null;
}
