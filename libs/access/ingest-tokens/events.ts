import { defineEvent } from '#telemetry';

export const tokensUnreadable = defineEvent<{ readonly reason: string }>({
  name: 'access.ingest_tokens_unreadable',
  level: 'warn',
  message: ({ reason }) =>
    `the ingest tokens cannot be read (${reason}): those that are known stay valid, and limits hold for this process alone`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_ingest_token_outages_total',
      help: 'Times that reading of ingest tokens, or writing of what they used, began to fail',
    },
  ],
});

export const tokensReadable = defineEvent<{ readonly seconds: number }>({
  name: 'access.ingest_tokens_readable',
  level: 'info',
  message: ({ seconds }) => `the ingest tokens are read again after ${seconds.toFixed(1)} s`,
});

/** `token` is the id of a token, or `other` once many are counted. */
export const tokenCharged = defineEvent<{
  readonly token: string;
  readonly events: number;
  readonly bytes: number;
}>({
  name: 'access.ingest_token_charged',
  level: null,
  message: ({ token, events }) => `the token ${token} sent ${events} event(s)`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_ingest_token_events_total',
      help: 'Events that were charged to an ingest token; the first 100 tokens of a process by their id, the others together',
      labels: { token: ({ token }) => token },
      value: ({ events }) => events,
    },
    {
      kind: 'counter',
      name: 'penstock_ingest_token_bytes_total',
      help: 'Bytes of events that were charged to an ingest token',
      labels: { token: ({ token }) => token },
      value: ({ bytes }) => bytes,
    },
  ],
});

export const tokenLimited = defineEvent<{ readonly token: string; readonly limit: string }>({
  name: 'access.ingest_token_limited',
  level: null,
  message: ({ token, limit }) => `the token ${token} has reached its limit (${limit})`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_ingest_token_limited_total',
      help: 'Requests that were refused because an ingest token had reached a limit; nothing of them was stored',
      labels: { token: ({ token }) => token, limit: ({ limit }) => limit },
    },
  ],
});
