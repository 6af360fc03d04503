import { defineEvent } from '#telemetry';

export const loginAnswered = defineEvent<{ readonly outcome: string }>({
  name: 'access.login',
  level: null,
  message: ({ outcome }) => `a login was answered with ${outcome}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_logins_total',
      help: 'Logins by name and password; `locked` ones are refused after too many that were `wrong`.',
      labels: { outcome: ({ outcome }) => outcome },
    },
  ],
});

export const firstAdminMade = defineEvent<{
  readonly name: string;
  /** Null where it was given by a setting. */
  readonly password: string | null;
}>({
  name: 'access.first-admin',
  level: 'warn',
  message: ({ name, password }) =>
    password === null
      ? `made the user ${name} with the password of ADMIN_PASSWORD`
      : `made the user ${name} with the password ${password} - it is shown this once; log in and change it`,
});
