import type { SearchToSave } from '#store';

import { columnsParameter } from '../export/chosen-columns.ts';
import { accepted, refused, type Parameter, type Values } from '../parameters/parameter.ts';
import { selection } from '../parameters/selection.ts';
import { requiredText, text } from '../parameters/values.ts';

const LONGEST_NAME = 200;

/** A parameter that is checked, and kept as it was written. */
function asWritten({
  description,
  schema,
  required,
  ...parameter
}: Parameter<unknown>): Parameter<string | null> {
  return {
    description,
    schema,
    required,
    read: (value, now) => {
      const reading = parameter.read(value, now);
      return reading.ok ? accepted(value) : reading;
    },
  };
}

const shared: Parameter<boolean | null> = {
  description: 'Whether others see it too. Absent: as it is; a new one is shared.',
  required: false,
  schema: { type: 'boolean' },
  readJson: (value) => {
    if (value === undefined || value === null) return accepted(null);
    return typeof value === 'boolean' ? accepted(value) : refused('it must be true or false.');
  },
  read: () => accepted(null),
};

/** The members of a search to save. */
export const searchParameters = {
  name: requiredText({
    maxLength: LONGEST_NAME,
    description: 'Its name, one of its kind in the folder.',
    form: { pattern: /\S/, words: 'it must have a character that is seen.' },
  }),
  folder: text({ maxLength: LONGEST_NAME, description: 'A folder, or nothing.' }),
  q: asWritten(selection.q),
  from: asWritten(selection.from),
  to: asWritten(selection.to),
  columns: asWritten(columnsParameter),
  shared,
} as const;

export function searchToSave(values: Values<typeof searchParameters>): SearchToSave {
  const { name, folder, q, from, to, columns } = values;
  return {
    name: name.trim(),
    folder: (folder ?? '').trim(),
    query: q ?? '',
    from,
    to,
    columns: columns === null ? null : columns.split(',').map((column) => column.trim()),
    shared: values.shared,
  };
}
