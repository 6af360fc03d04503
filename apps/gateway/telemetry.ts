import { defineEvent } from '#telemetry';

interface Answered {
  readonly call: string;
  readonly status: number;
  readonly seconds: number;
}

/** Every answer of the API. */
export const answered = defineEvent<Answered>({
  name: 'gateway.answered',
  level: null,
  message: ({ call, status }) => `${call} answered ${status}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_gateway_requests_total',
      help: 'Answers of the query API by call and status; 499 is a client that went away.',
      labels: { call: ({ call }) => call, status: ({ status }) => String(status) },
    },
    {
      kind: 'histogram',
      name: 'penstock_gateway_request_seconds',
      help: 'Time to the end of an answer of the query API.',
      labels: { call: ({ call }) => call },
      value: ({ seconds }) => seconds,
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    },
  ],
});

export const unexpectedError = defineEvent<{
  readonly id: string;
  readonly call: string;
  readonly error: string;
}>({
  name: 'gateway.unexpected-error',
  level: 'error',
  message: ({ id, call, error }) => `${call} failed unexpectedly (${id}): ${error}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_gateway_errors_total',
      help: 'Answers with 500, and streams that broke off; the log has each under its id.',
    },
  ],
});

export const streamCutOff = defineEvent<{ readonly call: string; readonly seconds: number }>({
  name: 'gateway.stream-cut-off',
  level: 'warn',
  message: ({ call, seconds }) =>
    `cut off a client of ${call} that had not read for ${seconds} s; it can connect again`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_gateway_streams_cut_off_total',
      help: 'Streams of server-sent events that were closed because their client did not read.',
    },
  ],
});

export const quarantineReplayed = defineEvent<{
  readonly replayed: number;
  readonly rejected: number;
}>({
  name: 'gateway.quarantine-replayed',
  level: 'info',
  message: ({ replayed, rejected }) =>
    `replayed ${replayed} quarantined entries, ${rejected} were rejected again`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_gateway_quarantine_replayed_total',
      help: 'Quarantined entries that were accepted when they were replayed.',
      value: ({ replayed }) => replayed,
    },
  ],
});

export const accessRefused = defineEvent<{ readonly code: string }>({
  name: 'gateway.access-refused',
  level: null,
  message: ({ code }) => `a request was refused: ${code}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_gateway_access_refused_total',
      help: 'Requests that nobody was logged in for, or that the user may not make, by the code of the answer.',
      labels: { code: ({ code }) => code },
    },
  ],
});
