import { defineEvent } from '#telemetry';

/** A warning: answers are right without it, and slower. `penstock segments verify` says what is wrong. */
export const skipFileUnusable = defineEvent<{ readonly object: string }>({
  name: 'skip_file_unusable',
  level: 'warn',
  message: ({ object }) =>
    `${object} cannot be used: its columnar file is read whole instead; see penstock segments verify`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_columnar_skip_files_unusable_total',
      help: 'Skip files that could not be read, so that their columnar files are read whole.',
    },
  ],
});
