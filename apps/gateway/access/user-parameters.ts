import {
  LONGEST_PASSWORD,
  LONGEST_USER_NAME,
  passwordFault,
  ROLES,
  SHORTEST_PASSWORD,
  USER_NAME,
  USER_NAME_WORDS,
  type Role,
} from '#access';

import { invalidParameters } from '../http/problem.ts';
import { accepted, refused, type Parameter, type Reading } from '../parameters/parameter.ts';
import { readServiceNames, serviceNamesSchema } from '../parameters/service-names.ts';
import { requiredText } from '../parameters/values.ts';

const MOST_SERVICES = 100;

export const userName = requiredText({
  maxLength: LONGEST_USER_NAME,
  form: { pattern: USER_NAME, words: USER_NAME_WORDS },
  description: 'Name to log in by; case does not matter.',
});

/** Characters of JSON: a password of the most characters may take more of them. */
const PASSWORD_SCHEMA = { type: 'string', format: 'password' } as const;

/** A password that is checked, not set: any text. */
export const presentPassword: Parameter<string> = {
  description: 'The password.',
  required: true,
  schema: PASSWORD_SCHEMA,
  readJson: (value) => {
    if (typeof value !== 'string' || value === '') return refused('it is required.');
    return value.length <= 4 * LONGEST_PASSWORD ? accepted(value) : refused('it is too long.');
  },
  read: () => refused('it is required.'),
};

const NEW_PASSWORD = `The password, ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters.`;

/** A password to be set; `checkPassword` says whether it is good enough. */
export const newPassword: Parameter<string> = { ...presentPassword, description: NEW_PASSWORD };

export const optionalNewPassword: Parameter<string | undefined> = {
  description: `${NEW_PASSWORD} Absent: as it is.`,
  required: false,
  schema: PASSWORD_SCHEMA,
  readJson: (value) => (value === undefined ? accepted(undefined) : readText(value, newPassword)),
  read: () => accepted(undefined),
};

/** Throws a 400 `Problem` for a password that is too easily guessed. */
export function checkPassword(field: string, password: string, name: string): void {
  const fault = passwordFault(password, name);
  if (fault !== null) throw invalidParameters([{ field, detail: `it ${fault}` }]);
}

export const optionalRole: Parameter<Role | undefined> = {
  description: '`viewer` reads, `editor` also saves searches and exports, `admin` does everything.',
  required: false,
  schema: { type: 'string', enum: [...ROLES] },
  readJson: (value) => {
    if (value === undefined) return accepted(undefined);
    const role = ROLES.find((known) => known === value);
    return role === undefined ? refused(`it must be one of ${ROLES.join(', ')}.`) : accepted(role);
  },
  read: () => accepted(undefined),
};

export const role: Parameter<Role> = {
  ...optionalRole,
  required: true,
  readJson: (value) => {
    const reading = optionalRole.readJson?.(value) ?? refused('it is required.');
    if (!reading.ok) return reading;
    return reading.value === undefined
      ? refused(`it is required: one of ${ROLES.join(', ')}.`)
      : accepted(reading.value);
  },
  read: () => refused('it is required.'),
};

/** Undefined where it is absent; null is all. */
export const services: Parameter<readonly string[] | null | undefined> = {
  description:
    'The only services whose events the user sees, by their whole names; null for all. An admin sees all.',
  required: false,
  schema: serviceNamesSchema(MOST_SERVICES),
  readJson: (value) =>
    value === undefined ? accepted(undefined) : readServiceNames(value, MOST_SERVICES),
  read: () => accepted(undefined),
};

export const disabled: Parameter<boolean | undefined> = {
  description: 'Whether the user may not log in.',
  required: false,
  schema: { type: 'boolean' },
  readJson: (value) =>
    value === undefined || typeof value === 'boolean'
      ? accepted(value)
      : refused('it must be true or false.'),
  read: () => accepted(undefined),
};

function readText(value: unknown, parameter: Parameter<string>): Reading<string> {
  return parameter.readJson?.(value) ?? refused('it is required.');
}
