import { defineEvent } from '#telemetry';

export const heartbeatsFailing = defineEvent<{ readonly reason: string }>({
  name: 'store.heartbeats_failing',
  level: 'warn',
  message: ({ reason }) =>
    `this process cannot tell the others that it lives (${reason}); it goes on trying`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_heartbeat_outages_total',
      help: 'Times that heartbeats began to fail',
    },
  ],
});

export const heartbeatsResumed = defineEvent<{ readonly seconds: number }>({
  name: 'store.heartbeats_resumed',
  level: 'info',
  message: ({ seconds }) => `heartbeats are written again after ${seconds.toFixed(1)} s`,
});

export const healthUnreadable = defineEvent<{ readonly reason: string }>({
  name: 'store.health_unreadable',
  level: 'warn',
  message: ({ reason }) =>
    `the heartbeats of the processes cannot be read (${reason}); the last known state is shown`,
});

export const healthReadable = defineEvent<{ readonly seconds: number }>({
  name: 'store.health_readable',
  level: 'info',
  message: ({ seconds }) =>
    `the heartbeats of the processes are read again after ${seconds.toFixed(1)} s`,
});

export const processDied = defineEvent<{
  readonly id: string;
  readonly kind: string;
  readonly host: string;
}>({
  name: 'store.process_died',
  level: 'warn',
  message: ({ kind, host, id }) =>
    `the ${kind} ${id} on ${host} has stopped without a word; what it held goes to others`,
});
