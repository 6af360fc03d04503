import { readFileSync } from 'node:fs';

/** A certificate of 127.0.0.1 with its key, and that of the authority that signed it, which nothing else trusts. PEM. */
export const PRIVATE_TLS = {
  ca: readPem('ca'),
  cert: readPem('broker'),
  key: readPem('broker-key'),
} as const;

function readPem(name: string): string {
  const file = new URL(`../../../../test/data/tls/${name}.pem`, import.meta.url);
  return readFileSync(file, 'utf8');
}
