import { defineEvent, defineGauge } from '#telemetry';

export const listening = defineEvent<{ readonly url: string; readonly seconds: number }>({
  name: 'process.listening',
  level: 'info',
  message: ({ url, seconds }) => `serving ${url} after ${seconds.toFixed(1)} s`,
});

export const openToNetwork = defineEvent<{
  readonly host: string;
  readonly anybodyMay: string;
}>({
  name: 'process.open-to-network',
  level: 'warn',
  message: ({ host, anybodyMay }) =>
    `listening on ${host}: whoever reaches this address can ${anybodyMay}, without any access control`,
});

export const stopping = defineEvent<{ readonly cause: string }>({
  name: 'process.stopping',
  level: 'info',
  message: ({ cause }) => `stopping (${cause}): finishing what is accepted`,
});

export const stopped = defineEvent<{ readonly seconds: number }>({
  name: 'process.stopped',
  level: 'info',
  message: ({ seconds }) => `stopped after ${seconds.toFixed(1)} s`,
});

export const crashed = defineEvent<{ readonly error: string }>({
  name: 'process.crashed',
  level: 'error',
  message: ({ error }) => `stopping after an unexpected error: ${error}`,
});

export const stepFailed = defineEvent<{ readonly step: string; readonly error: string }>({
  name: 'process.stop-failed',
  level: 'warn',
  message: ({ step, error }) => `${step} did not end in order: ${error}`,
});

export const frameworkMessage = defineEvent<{ readonly message: string }>({
  name: 'process.framework',
  level: 'warn',
  message: ({ message }) => message,
});

export const dependencyLost = defineEvent<{
  readonly dependency: string;
  readonly reason: string;
}>({
  name: 'process.dependency-lost',
  level: 'warn',
  message: ({ dependency, reason }) => `${dependency} is not usable: ${reason}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_dependency_losses_total',
      help: 'Times that a dependency of the process became unusable.',
      labels: { dependency: ({ dependency }) => dependency },
    },
  ],
});

export const dependencyBack = defineEvent<{
  readonly dependency: string;
  readonly seconds: number;
}>({
  name: 'process.dependency-back',
  level: 'info',
  message: ({ dependency, seconds }) =>
    `${dependency} is usable after ${seconds.toFixed(1)} s without it`,
});

export const dependencyUp = defineGauge({
  name: 'penstock_dependency_up',
  help: '1 while the process can use the dependency; without a required one it is not ready.',
  labels: ['dependency', 'required'],
});

export const processReady = defineGauge({
  name: 'penstock_process_ready',
  help: '1 while the process should get requests: it has started, does not stop, and has all that it requires.',
});

export const tlsFilesChanged = defineEvent<{ readonly subject: string; readonly expires: string }>({
  name: 'process.tls-files-changed',
  level: 'info',
  message: ({ subject, expires }) =>
    `new connections get the new certificate (${subject}), valid until ${expires}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_tls_reloads_total',
      help: 'Times that a certificate was replaced while the process ran',
    },
  ],
});

export const tlsFilesUnusable = defineEvent<{ readonly reason: string }>({
  name: 'process.tls-files-unusable',
  level: 'error',
  message: ({ reason }) => `the certificates stay as they were: ${reason}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_tls_reload_failures_total',
      help: 'Times that the files of certificates began to be unusable while the process ran',
    },
  ],
});

export const tlsCertificateExpiry = defineGauge({
  name: 'penstock_tls_certificate_expiry_timestamp_seconds',
  help: 'End of the validity of the certificate that is served, in seconds since 1970',
});
