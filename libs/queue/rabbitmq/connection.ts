import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { connect, credentials, type ChannelModel } from 'amqplib';
import { messageOf, QueueRefusedError } from './errors.ts';
import type { RabbitQueueSettings } from './settings.ts';

/** Two of them without a sign of the broker, and the connection counts as lost. */
const HEARTBEAT_SECONDS = 10;

/** Name of the virtual host that the URL asks for. */
export function virtualHostOf(url: string): string {
  const path = new URL(url).pathname.slice(1);
  return path === '' ? '/' : decodeURIComponent(path);
}

/**
 * Connects to the broker.
 *
 * @param name shown by the broker's own tools
 * @throws QueueRefusedError if a file of the settings is missing or cannot be used
 */
export async function connectBroker(
  settings: RabbitQueueSettings,
  name: string,
): Promise<ChannelModel> {
  const url = new URL(settings.url);
  if (!url.searchParams.has('heartbeat')) {
    url.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
  }
  return await connect(url.href, {
    // Otherwise a small frame waits for the acknowledgement of the one before, some 40 ms.
    noDelay: true,
    timeout: settings.timeoutMs,
    clientProperties: { connection_name: name },
    ...plainCredentials(settings, url),
    ...tlsOptions(settings),
  });
}

function plainCredentials({ username, password }: RabbitQueueSettings, url: URL): object {
  if (username === null && password === null) return {};
  return {
    credentials: credentials.plain(
      username ?? decodeURIComponent(url.username),
      password ?? decodeURIComponent(url.password),
    ),
  };
}

function tlsOptions({ tls: { caFile, certFile, keyFile } }: RabbitQueueSettings): object {
  if ((certFile === null) !== (keyFile === null)) {
    const missing = certFile === null ? 'RABBITMQ_CERT_FILE' : 'RABBITMQ_KEY_FILE';
    throw new QueueRefusedError('tls', `A certificate needs its key: set ${missing} too.`);
  }
  return {
    ...(caFile !== null && { ca: readAuthorities(caFile) }),
    ...(certFile !== null && { cert: readPem(certFile) }),
    ...(keyFile !== null && { key: readPem(keyFile) }),
  };
}

/** Node takes a file without certificates for an authority that signed nothing, and says no more than that. */
function readAuthorities(path: string): Buffer {
  const pem = readPem(path);
  try {
    new X509Certificate(pem);
    return pem;
  } catch (error) {
    throw new QueueRefusedError('tls', `The file ${path} holds no certificate in PEM.`, error);
  }
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new QueueRefusedError('tls', `The file ${path} cannot be read: ${messageOf(error)}.`);
  }
}

/** Ends a connection without the handshake, which a hung broker would not answer. */
export function cutConnection(model: ChannelModel): void {
  const { stream } = model.connection as unknown as { readonly stream: Duplex };
  stream.destroy(new Error('cut off'));
}
