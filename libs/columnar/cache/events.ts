import { defineEvent, defineGauge } from '#telemetry';

export const fileFetched = defineEvent<{
  readonly object: string;
  readonly bytes: number;
  readonly seconds: number;
}>({
  name: 'columnar_file_fetched',
  level: 'debug',
  message: ({ object, bytes, seconds }) => `${object}: ${bytes} bytes in ${seconds.toFixed(2)} s`,
  metrics: [
    {
      kind: 'histogram',
      name: 'penstock_columnar_fetch_seconds',
      help: 'Time that it took to copy an object from the storage of columnar files to this machine.',
      value: ({ seconds }) => seconds,
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    },
    {
      kind: 'counter',
      name: 'penstock_columnar_fetched_bytes_total',
      help: 'Bytes copied from the storage of columnar files to this machine.',
      value: ({ bytes }) => bytes,
    },
  ],
});

/** A warning: searches that need the object fail until it can be fetched. */
export const fetchFailed = defineEvent<{ readonly object: string; readonly error: string }>({
  name: 'columnar_fetch_failed',
  level: 'warn',
  message: ({ object, error }) => `${object} cannot be fetched: ${error}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_columnar_fetch_failures_total',
      help: 'Objects that could not be copied from the storage of columnar files.',
    },
  ],
});

/** A warning: it is fetched again. */
export const copySpoilt = defineEvent<{ readonly object: string }>({
  name: 'columnar_copy_spoilt',
  level: 'warn',
  message: ({ object }) => `the copy of ${object} is spoilt or gone, and is fetched again`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_columnar_copies_spoilt_total',
      help: 'Copies of columnar files that were found spoilt on the disk of this machine.',
    },
  ],
});

export const cacheBytes = defineGauge({
  name: 'penstock_columnar_cache_bytes',
  help: 'Bytes of columnar files that have a copy on this machine.',
});
