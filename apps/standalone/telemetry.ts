import { defineEvent } from '#telemetry';

export const listening = defineEvent<{ readonly url: string; readonly seconds: number }>({
  name: 'standalone.listening',
  level: 'info',
  message: ({ url, seconds }) => `serving ${url} after ${seconds.toFixed(1)} s`,
});

export const openToNetwork = defineEvent<{ readonly host: string }>({
  name: 'standalone.open-to-network',
  level: 'warn',
  message: ({ host }) =>
    `listening on ${host}: there is no access control, so whoever reaches this address can read and write all logs`,
});

export const stopping = defineEvent<{ readonly cause: string }>({
  name: 'standalone.stopping',
  level: 'info',
  message: ({ cause }) => `stopping (${cause}): finishing what is accepted`,
});

export const stopped = defineEvent<{ readonly seconds: number }>({
  name: 'standalone.stopped',
  level: 'info',
  message: ({ seconds }) => `stopped after ${seconds.toFixed(1)} s`,
});

export const crashed = defineEvent<{ readonly error: string }>({
  name: 'standalone.crashed',
  level: 'error',
  message: ({ error }) => `stopping after an unexpected error: ${error}`,
});

export const stepFailed = defineEvent<{ readonly step: string; readonly error: string }>({
  name: 'standalone.stop-failed',
  level: 'warn',
  message: ({ step, error }) => `${step} did not end in order: ${error}`,
});

export const frameworkMessage = defineEvent<{ readonly message: string }>({
  name: 'standalone.framework',
  level: 'warn',
  message: ({ message }) => message,
});

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
