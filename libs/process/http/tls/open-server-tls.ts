import type { Telemetry } from '#telemetry';
import type { ClosingSteps } from '../../closing-steps.ts';
import { StartupError } from '../../startup-error.ts';
import { ServerTls } from './server-tls.ts';
import { TlsFilesError } from './tls-files.ts';

export interface TlsSettings {
  readonly tlsCertFile: string | null;
  readonly tlsKeyFile: string | null;
  readonly tlsClientCaFile: string | null;
}

/** HTTPS as the settings say, or null for HTTP. Throws StartupError with one sentence where they cannot be used. */
export async function openServerTls(
  settings: TlsSettings,
  { telemetry, steps }: { readonly telemetry: Telemetry; readonly steps: ClosingSteps },
): Promise<ServerTls | null> {
  const { tlsCertFile: certificate, tlsKeyFile: key, tlsClientCaFile: clientCa } = settings;
  if (certificate === null && key === null) {
    if (clientCa === null) return null;
    throw new StartupError(
      'TLS_CLIENT_CA_FILE is set, but there is no HTTPS: set TLS_CERT_FILE and TLS_KEY_FILE too.',
    );
  }
  if (certificate === null || key === null)
    throw new StartupError(
      `HTTPS needs a certificate and its key: set ${certificate === null ? 'TLS_CERT_FILE' : 'TLS_KEY_FILE'} too.`,
    );
  try {
    const tls = await ServerTls.open({ files: { certificate, key, clientCa }, telemetry });
    steps.add('the watch of certificates', 500, () => tls.close());
    return tls;
  } catch (error) {
    throw error instanceof TlsFilesError ? new StartupError(error.message) : error;
  }
}
