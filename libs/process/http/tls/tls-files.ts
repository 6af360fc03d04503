import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';

/** Where the certificates of a server are. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  /** Whose certificates clients need; null: they need none. */
  readonly clientCa: string | null;
}

/** What the files hold, checked. */
export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer | undefined;
  readonly subject: string;
  /** Ms since the epoch. */
  readonly expiresAt: number;
}

/** The files cannot be used; the message is one sentence that names the setting. */
export class TlsFilesError extends Error {
  override readonly name = 'TlsFilesError';
}

/** Throws TlsFilesError where a server could not be made of them. */
export async function readTlsFiles(files: TlsFiles): Promise<TlsMaterial> {
  const [cert, key, ca] = await Promise.all([
    read('TLS_CERT_FILE', files.certificate),
    read('TLS_KEY_FILE', files.key),
    files.clientCa === null ? undefined : read('TLS_CLIENT_CA_FILE', files.clientCa),
  ]);
  const leaf = certificateIn('TLS_CERT_FILE', files.certificate, cert);
  if (!leaf.checkPrivateKey(keyIn(files.key, key)))
    throw new TlsFilesError(
      `The key in ${files.key} (TLS_KEY_FILE) does not belong to the first certificate in ${files.certificate} (TLS_CERT_FILE): the server's own certificate must come first.`,
    );
  if (ca !== undefined) certificateIn('TLS_CLIENT_CA_FILE', files.clientCa ?? '', ca);
  try {
    createSecureContext({ cert, key, ...(ca && { ca }) });
  } catch (error) {
    throw new TlsFilesError(`TLS_CERT_FILE and TLS_KEY_FILE cannot be used: ${messageOf(error)}.`);
  }
  return {
    cert,
    key,
    ca,
    subject: leaf.subjectAltName ?? leaf.subject,
    expiresAt: leaf.validToDate.getTime(),
  };
}

async function read(setting: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new TlsFilesError(`The file ${path} of ${setting} cannot be read: ${messageOf(error)}.`);
  }
}

function certificateIn(setting: string, path: string, pem: Buffer): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new TlsFilesError(`The file ${path} of ${setting} has no certificate in PEM.`);
  }
}

function keyIn(path: string, pem: Buffer): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new TlsFilesError(
      `The file ${path} of TLS_KEY_FILE has no private key in PEM that can be read without a passphrase.`,
    );
  }
}

function messageOf(error: unknown): string {
  return String((error as { readonly message?: unknown }).message ?? error);
}
