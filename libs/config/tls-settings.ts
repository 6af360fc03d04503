import { optional } from './definition.ts';
import { text } from './setting-type.ts';

/** HTTPS of what serves more than probes. */
export const TLS_SETTINGS = {
  tlsCertFile: optional({
    name: 'TLS_CERT_FILE',
    usedBy: ['standalone', 'ingest', 'gateway'],
    type: text,
    description:
      'File with the certificate of the server and those that signed it (PEM). With it and TLS_KEY_FILE the port speaks HTTPS only, probes too; both files are read again when they change. Not set: HTTP.',
  }),
  tlsKeyFile: optional({
    name: 'TLS_KEY_FILE',
    usedBy: ['standalone', 'ingest', 'gateway'],
    type: text,
    description: 'File with the private key of that certificate (PEM, without a passphrase).',
  }),
  tlsClientCaFile: optional({
    name: 'TLS_CLIENT_CA_FILE',
    usedBy: ['standalone', 'ingest', 'gateway'],
    type: text,
    description:
      'File with certificates (PEM): clients need one that was signed by one of them. Health and metrics are answered without.',
  }),
} as const;
