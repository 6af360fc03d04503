import { accepted, refused, type Parameter, type Reading } from './parameter.ts';

interface Described {
  readonly description: string;
}

export interface IntegerBounds {
  readonly min: number;
  readonly max: number;
  readonly fallback: number;
}

/** A whole number within bounds, with a default. */
export function integer(bounds: IntegerBounds & Described): Parameter<number> {
  const { min, max, fallback, description } = bounds;
  const allowed = `it must be a whole number from ${min} to ${max} (default ${fallback}).`;
  return {
    description,
    required: false,
    schema: { type: 'integer', minimum: min, maximum: max, default: fallback },
    read: (value) => {
      if (value === null) return accepted(fallback);
      if (!/^\d{1,15}$/.test(value)) return refused(allowed);
      const number = Number(value);
      return number >= min && number <= max ? accepted(number) : refused(allowed);
    },
  };
}

/** One of a few words, with a default. */
export function choice<const T extends string>(
  options: { readonly of: readonly T[]; readonly fallback: T } & Described,
): Parameter<T> {
  const { of, fallback, description } = options;
  return {
    description,
    required: false,
    schema: { type: 'string', enum: [...of], default: fallback },
    read: (value) => {
      if (value === null) return accepted(fallback);
      const found = of.find((option) => option === value);
      if (found !== undefined) return accepted(found);
      return refused(`it must be one of ${of.join(', ')} (default ${fallback}).`);
    },
  };
}

export function flag(options: Described): Parameter<boolean> {
  return {
    description: options.description,
    required: false,
    schema: { type: 'boolean', default: false },
    read: (value) => {
      if (value === null || value === 'false') return accepted(false);
      return value === 'true' ? accepted(true) : refused('it must be true or false.');
    },
  };
}

interface TextOptions extends Described {
  readonly maxLength: number;
  /** What the text must look like, with the words for it. */
  readonly form?: { readonly pattern: RegExp; readonly words: string };
}

/** A text that may be absent. */
export function text(options: TextOptions): Parameter<string | null> {
  return {
    description: options.description,
    required: false,
    schema: { type: 'string', maxLength: options.maxLength },
    read: (value) => (value === null ? accepted(null) : readText(value, options)),
  };
}

export function requiredText(options: TextOptions): Parameter<string> {
  return {
    description: options.description,
    required: true,
    schema: { type: 'string', maxLength: options.maxLength, minLength: 1 },
    read: (value) => readText(value ?? '', options),
  };
}

function readText(value: string, { maxLength, form }: TextOptions): Reading<string> {
  if (value.length > maxLength) {
    return refused(`it has ${value.length} characters; at most ${maxLength} are allowed.`);
  }
  // Postgres has no such text: intake replaces the character by U+FFFD.
  if (value.includes('\0')) return refused('it has a NUL character; leave that out.');
  if (form !== undefined && !form.pattern.test(value)) return refused(form.words);
  return accepted(value);
}
