import type { LogPipeline } from '#pipeline';
import type { Component, SecretValue } from './context.ts';
import { GATEWAY_PORT, INGEST_PORT } from './settings.ts';

export const CERTIFICATE_FOLDER = '/etc/penstock/tls';
export const CLIENT_CA_FOLDER = '/etc/penstock/client-ca';

/** Names of the port in pods and Services: they say what it speaks. */
export const HTTP = 'http';
export const HTTPS = 'https';

/** A port that answers requests, and probes too. */
export interface ServedPort {
  readonly name: string;
  readonly number: number;
  readonly isHttps?: boolean;
}

/** The port of ingest or of the gateway. */
export function webPort(pipeline: LogPipeline, component: 'ingest' | 'gateway'): ServedPort {
  const isHttps = pipeline.spec[component].tls !== undefined;
  const number = component === 'ingest' ? INGEST_PORT : GATEWAY_PORT;
  return { name: isHttps ? HTTPS : HTTP, number, isHttps };
}

/** Keys of a Secret as files of a folder. Processes read them again when they change, so that pods are not rolled. */
export interface MountedSecret {
  readonly name: string;
  readonly folder: string;
  readonly secret: string;
  readonly keys: readonly string[];
}

/** What HTTPS of a component needs: files, and the settings that name them. */
export interface Https {
  readonly files: readonly MountedSecret[];
  readonly settings: Readonly<Record<string, string>>;
}

const NONE: Https = { files: [], settings: {} };

export function httpsOf({ spec }: LogPipeline, component: Component): Https {
  const tls = component === 'ingest' || component === 'gateway' ? spec[component].tls : undefined;
  if (tls === undefined) return NONE;
  const { secretRef, clientCaSecretRef: clientCa } = tls;
  return {
    files: [
      {
        name: 'tls',
        folder: CERTIFICATE_FOLDER,
        secret: secretRef.name,
        keys: ['tls.crt', 'tls.key'],
      },
      ...(clientCa === undefined
        ? []
        : [mounted('client-ca', CLIENT_CA_FOLDER, { secret: clientCa.name, key: clientCa.key })]),
    ],
    settings: {
      TLS_CERT_FILE: `${CERTIFICATE_FOLDER}/tls.crt`,
      TLS_KEY_FILE: `${CERTIFICATE_FOLDER}/tls.key`,
      ...(clientCa !== undefined && { TLS_CLIENT_CA_FILE: `${CLIENT_CA_FOLDER}/${clientCa.key}` }),
    },
  };
}

/** One key of a Secret as a file. */
export function mounted(
  name: string,
  folder: string,
  { secret, key }: Pick<SecretValue, 'secret' | 'key'>,
): MountedSecret {
  return { name, folder, secret, keys: [key] };
}
