import type { Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Server as TlsServer, type TlsOptions } from 'node:tls';
import type { Telemetry } from '#telemetry';
import { tlsCertificateExpiry, tlsFilesChanged, tlsFilesUnusable } from '../../telemetry.ts';
import { readTlsFiles, type TlsFiles, type TlsMaterial } from './tls-files.ts';

/** A client that does not finish its handshake is cut off, in ms. */
const HANDSHAKE_MS = 10_000;
/** Time between two looks at the files. A Secret of Kubernetes itself takes about a minute to reach a pod. */
const LOOK_EVERY_MS = 10_000;

export interface ServerTlsParts {
  readonly files: TlsFiles;
  readonly telemetry: Telemetry;
  /** Default 10 s. */
  readonly intervalMs?: number;
}

/**
 * The certificates of servers, read again when their files change: by content, for a Secret is replaced by a link that
 * no watcher of files sees reliably. Files that cannot be used, such as a key that is there before its certificate,
 * change nothing.
 */
export class ServerTls {
  /** Whether clients need a certificate. */
  readonly asksClients: boolean;
  private readonly parts: ServerTlsParts;
  private readonly servers = new Set<TlsServer>();
  private readonly stopping = new AbortController();
  private material: TlsMaterial;
  private isFailing = false;
  private readonly loop: Promise<void>;

  private constructor(parts: ServerTlsParts, material: TlsMaterial) {
    this.parts = parts;
    this.material = material;
    this.asksClients = parts.files.clientCa !== null;
    parts.telemetry.observe(tlsCertificateExpiry, () => this.material.expiresAt / 1_000);
    this.loop = this.watch();
  }

  /** Throws TlsFilesError. */
  static async open(parts: ServerTlsParts): Promise<ServerTls> {
    return new ServerTls(parts, await readTlsFiles(parts.files));
  }

  /** For a server that is to be made. */
  get options(): TlsOptions {
    return {
      ...contextOf(this.material),
      handshakeTimeout: HANDSHAKE_MS,
      // Who has none is told so by an answer, and probes need none.
      ...(this.asksClients && { requestCert: true, rejectUnauthorized: false }),
    };
  }

  /** From now on its new connections get the certificates of the moment. */
  keepUpToDate(server: Server): void {
    if (!(server instanceof TlsServer)) return;
    this.servers.add(server);
    server.once('close', () => this.servers.delete(server));
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    const wait = this.parts.intervalMs ?? LOOK_EVERY_MS;
    const isTime = (): Promise<boolean> =>
      // The only rejection is the abort.
      delay(wait, true, { signal, ref: false }).catch(() => false);
    while (await isTime()) await this.look();
  }

  private async look(): Promise<void> {
    const { files, telemetry } = this.parts;
    try {
      const found = await readTlsFiles(files);
      this.isFailing = false;
      if (isSame(found, this.material)) return;
      this.material = found;
      for (const server of this.servers) server.setSecureContext(contextOf(found));
      const { subject, expiresAt } = found;
      telemetry.emit(tlsFilesChanged, { subject, expires: new Date(expiresAt).toISOString() });
    } catch (error) {
      if (this.isFailing) return;
      this.isFailing = true;
      telemetry.emit(tlsFilesUnusable, {
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }
}

function contextOf({ cert, key, ca }: TlsMaterial): TlsOptions {
  return { cert, key, ...(ca && { ca }), minVersion: 'TLSv1.2' };
}

function isSame(one: TlsMaterial, other: TlsMaterial): boolean {
  return (
    one.cert.equals(other.cert) &&
    one.key.equals(other.key) &&
    (one.ca === undefined ? other.ca === undefined : other.ca?.equals(one.ca) === true)
  );
}
