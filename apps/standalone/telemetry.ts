import { defineEvent } from '#telemetry';

export const postgresInitialising = defineEvent<{ readonly cluster: string }>({
  name: 'postgres.initialising',
  level: 'info',
  message: ({ cluster }) => `first start: setting up Postgres in ${cluster}`,
});

export const postgresOrphan = defineEvent<{ readonly pid: number }>({
  name: 'postgres.orphan',
  level: 'info',
  message: ({ pid }) => `ending the Postgres (process ${pid}) of an instance that was killed`,
});

export const postgresRecovering = defineEvent<object>({
  name: 'postgres.recovering',
  level: 'info',
  message: () => 'Postgres is recovering what was committed before it was killed',
});

export const postgresReady = defineEvent<{ readonly pid: number; readonly ms: number }>({
  name: 'postgres.ready',
  level: 'info',
  message: ({ ms }) => `Postgres is ready after ${ms} ms`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_postgres_starts_total',
      help: 'Starts of the embedded Postgres by this process.',
    },
  ],
});

export const postgresExited = defineEvent<{
  readonly code: number | null;
  readonly signal: string | null;
}>({
  name: 'postgres.exited',
  level: 'warn',
  message: ({ code, signal }) =>
    `Postgres ended by itself (${signal ?? `exit code ${code ?? '?'}`}): starting it again`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_postgres_exits_total',
      help: 'Times that the embedded Postgres ended without being asked.',
    },
  ],
});

export const postgresRestartFailed = defineEvent<{
  readonly reason: string;
  readonly retryMs: number;
}>({
  name: 'postgres.restart-failed',
  level: 'error',
  message: ({ reason, retryMs }) => `${reason} Trying again in ${retryMs} ms.`,
});
