import { optional, setting } from './definition.ts';
import { tokenTexts } from './ingest-token-type.ts';
import { oneOf } from './setting-type.ts';

/** Who may send logs. */
export const INGEST_AUTH_SETTINGS = {
  ingestAuth: optional({
    name: 'INGEST_AUTH',
    usedBy: ['standalone', 'ingest'],
    type: oneOf('required', 'off'),
    description:
      '`required`: each request needs an ingest token; `off`: whoever reaches the port may send. Not set: required, but off with `npm start` while it listens on this machine alone.',
  }),
  ingestToken: setting({
    name: 'INGEST_TOKEN',
    usedBy: ['standalone', 'ingest'],
    type: tokenTexts,
    default: [],
    description:
      'A token that is accepted beside those made in the page, always and without limits; several, separated by commas, while one is replaced.',
    secret: true,
  }),
} as const;
