import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { Module } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generate } from 'selfsigned';
import { Telemetry, type LogLine } from '#telemetry';
import { until } from '../../../store/testing/waiting.ts';
import { ClosingSteps } from '../../closing-steps.ts';
import { DependencyHealth } from '../../dependency-health.ts';
import { openBehindProbes } from '../behind-probes.ts';
import { serveHttp } from '../serve-http.ts';
import { openServerTls, type TlsSettings } from './open-server-tls.ts';
import { ServerTls } from './server-tls.ts';

@Module({})
class NoCalls {}

interface Pair {
  readonly cert: string;
  readonly private: string;
}

let folder: string;
let steps: ClosingSteps;
let telemetry: Telemetry;
let log: LogLine[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-tls-'));
  log = [];
  telemetry = new Telemetry((line) => log.push(line));
  steps = new ClosingSteps(telemetry);
});
afterEach(async () => {
  await steps.close();
  await rm(folder, { recursive: true });
});

/** A certificate for localhost, signed by itself or by another. */
async function certificate(name: string, ca?: Pair): Promise<Pair> {
  const made = await generate([{ name: 'commonName', value: name }], {
    algorithm: 'sha256',
    keyType: 'ec',
    curve: 'P-256',
    extensions: [
      { name: 'basicConstraints', cA: ca === undefined },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
    ],
    ...(ca && { ca: { key: ca.private, cert: ca.cert } }),
  });
  return { cert: made.cert, private: made.private };
}

async function settingsFor(pair: Pair, more: Partial<TlsSettings> = {}): Promise<TlsSettings> {
  const settings = { tlsCertFile: join(folder, 'tls.crt'), tlsKeyFile: join(folder, 'tls.key') };
  await writeFile(settings.tlsCertFile, pair.cert);
  await writeFile(settings.tlsKeyFile, pair.private);
  return { ...settings, tlsClientCaFile: null, ...more };
}

async function serve(tls: ServerTls | null, host: string | null = null): Promise<string> {
  const health = new DependencyHealth(telemetry);
  steps.add('health', 100, () => {
    health.close();
  });
  health.started();
  const { url } = await serveHttp(
    { module: NoCalls },
    {
      port: 0,
      host,
      portSetting: 'HTTP_PORT',
      allowedHosts: ['logs.example.com'],
      anybodyMay: null,
      closeMs: 1_000,
      tls,
    },
    { telemetry, health },
    steps,
  );
  return url;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

function get(
  url: string,
  options: { ca: string; path?: string; host?: string; client?: Pair; address?: string },
): Promise<Answer> {
  const { ca, path = '/health/live', host, client, address = '127.0.0.1' } = options;
  return new Promise((resolve, reject) => {
    httpsRequest(
      {
        host: address,
        port: new URL(url).port,
        path,
        ca,
        servername: 'localhost',
        agent: false,
        headers: { ...(host && { host }) },
        ...(client && { cert: client.cert, key: client.private }),
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => {
          resolve({ status: response.statusCode, headers: response.headers, body });
        });
      },
    )
      .on('error', reject)
      .end();
  });
}

/** The certificate that a new connection gets. */
function served(url: string): Promise<PeerCertificate> {
  return new Promise((resolve, reject) => {
    const port = Number(new URL(url).port);
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    }).on('error', reject);
  });
}

function protocol(url: string, version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string | null> {
  return new Promise((resolve) => {
    const socket: TLSSocket = connect(
      {
        host: '127.0.0.1',
        port: Number(new URL(url).port),
        rejectUnauthorized: false,
        minVersion: version,
        maxVersion: version,
        // OpenSSL itself refuses old versions at its usual level.
        ciphers: 'DEFAULT@SECLEVEL=0',
      },
      () => {
        resolve(socket.getProtocol());
        socket.destroy();
      },
    );
    socket.on('error', () => {
      resolve(null);
    });
  });
}

describe('a server with a certificate', () => {
  it('speaks HTTPS only, over IPv4 and IPv6, from TLS 1.2 on', async () => {
    const pair = await certificate('one');
    const url = await serve(await openServerTls(await settingsFor(pair), { telemetry, steps }));
    expect(url).toMatch(/^https:\/\/localhost:\d+$/);
    for (const address of ['127.0.0.1', '::1'])
      expect(await get(url, { ca: pair.cert, address })).toMatchObject({
        status: 200,
        body: '{"status":"ok"}',
      });
    await expect(fetch(url.replace('https', 'http'))).rejects.toThrow();
    expect(await protocol(url, 'TLSv1.1')).toBeNull();
    expect(await protocol(url, 'TLSv1.2')).toBe('TLSv1.2');
    expect(await protocol(url, 'TLSv1.3')).toBe('TLSv1.3');
  });

  it('tells browsers to go on by HTTPS, but not for localhost', async () => {
    const pair = await certificate('one');
    const url = await serve(await openServerTls(await settingsFor(pair), { telemetry, steps }));
    const named = await get(url, { ca: pair.cert, host: 'logs.example.com' });
    expect(named.headers['strict-transport-security']).toBe('max-age=31536000');
    const local = await get(url, { ca: pair.cert, host: 'localhost:3000' });
    expect(local.headers).not.toHaveProperty('strict-transport-security');
  });

  it('answers probes by HTTPS also while its process waits for what it needs', async () => {
    const pair = await certificate('one');
    const tls = await openServerTls(await settingsFor(pair), { telemetry, steps });
    const health = new DependencyHealth(telemetry);
    const options = { port: 0, host: null, portSetting: 'GATEWAY_PORT', tls };
    // The first tells a port that is free.
    const { opened, port } = await openBehindProbes({ telemetry, health }, options, () =>
      Promise.resolve('opened'),
    );
    expect(opened).toBe('opened');
    const probed = await openBehindProbes({ telemetry, health }, { ...options, port }, () =>
      get(`https://localhost:${port}`, { ca: pair.cert }),
    );
    expect(probed.opened).toMatchObject({ status: 200 });
    health.close();
  });
});

describe('certificates that are replaced', () => {
  async function watched(settings: TlsSettings): Promise<ServerTls> {
    const { tlsCertFile, tlsKeyFile, tlsClientCaFile } = settings;
    const files = {
      certificate: tlsCertFile ?? '',
      key: tlsKeyFile ?? '',
      clientCa: tlsClientCaFile,
    };
    const tls = await ServerTls.open({ files, telemetry, intervalMs: 5 });
    steps.add('tls', 500, () => tls.close());
    return tls;
  }

  it('are served to new connections, once both files belong together', async () => {
    const [one, two] = [await certificate('one'), await certificate('two')];
    const settings = await settingsFor(one);
    const url = await serve(await watched(settings));
    expect((await served(url)).subject.CN).toBe('one');
    await writeFile(settings.tlsKeyFile ?? '', two.private);
    await until(() => log.some(({ event }) => event === 'process.tls-files-unusable'));
    expect((await served(url)).subject.CN).toBe('one');
    await writeFile(settings.tlsCertFile ?? '', two.cert);
    await until(async () => (await served(url)).subject.CN === 'two');
    expect(log.map(({ event }) => event)).toContain('process.tls-files-changed');
    expect(await get(url, { ca: two.cert })).toMatchObject({ status: 200 });
    const metrics = await telemetry.metrics();
    expect(metrics).toContain('penstock_tls_reloads_total 1');
    expect(metrics).toMatch(/penstock_tls_certificate_expiry_timestamp_seconds \d{10}/);
  });

  it('may lie behind a link that is moved, as in a Secret of Kubernetes', async () => {
    const [one, two] = [await certificate('one'), await certificate('two')];
    for (const [name, pair] of Object.entries({ one, two })) {
      await writeFile(join(folder, `${name}.crt`), pair.cert);
      await writeFile(join(folder, `${name}.key`), pair.private);
    }
    const link = async (name: string): Promise<void> => {
      for (const end of ['crt', 'key']) {
        await symlink(`${name}.${end}`, join(folder, 'next'));
        await rename(join(folder, 'next'), join(folder, `tls.${end}`));
      }
    };
    await link('one');
    const url = await serve(
      await watched({
        tlsCertFile: join(folder, 'tls.crt'),
        tlsKeyFile: join(folder, 'tls.key'),
        tlsClientCaFile: null,
      }),
    );
    expect((await served(url)).subject.CN).toBe('one');
    await link('two');
    await until(async () => (await served(url)).subject.CN === 'two');
  });
});

describe('clients that need a certificate', () => {
  it('are refused without one that is accepted, but for health and metrics', async () => {
    const server = await certificate('server');
    const authority = await certificate('authority');
    const client = await certificate('client', authority);
    const stranger = await certificate('stranger');
    const tlsClientCaFile = join(folder, 'clients.crt');
    await writeFile(tlsClientCaFile, authority.cert);
    const settings = await settingsFor(server, { tlsClientCaFile });
    const url = await serve(await openServerTls(settings, { telemetry, steps }));
    const ca = server.cert;
    const path = '/api/v1/search';
    for (const other of [{}, { client: stranger }]) {
      const answer = await get(url, { ca, path, ...other });
      expect(answer.status).toBe(403);
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'client-certificate-required' });
    }
    expect((await get(url, { ca, path, client })).status).toBe(404);
    expect((await get(url, { ca, path: '/health/live' })).status).toBe(200);
    expect((await get(url, { ca, path: '/metrics?x=1' })).status).toBe(200);
  });
});

describe('settings that cannot be used', () => {
  async function refusal(change: (settings: TlsSettings) => Promise<TlsSettings> | TlsSettings) {
    const settings = await change(await settingsFor(await certificate('one')));
    return openServerTls(settings, { telemetry, steps }).then(
      () => 'no error',
      (error: unknown) => (error as Error).message.replaceAll(folder, ''),
    );
  }

  it('are told in one sentence', async () => {
    expect(await refusal((each) => ({ ...each, tlsKeyFile: null }))).toBe(
      'HTTPS needs a certificate and its key: set TLS_KEY_FILE too.',
    );
    expect(await refusal((each) => ({ ...each, tlsCertFile: null }))).toContain(
      'set TLS_CERT_FILE too.',
    );
    expect(
      await refusal(() => ({ tlsCertFile: null, tlsKeyFile: null, tlsClientCaFile: '/ca' })),
    ).toContain('TLS_CLIENT_CA_FILE is set, but there is no HTTPS');
    expect(await refusal((each) => ({ ...each, tlsCertFile: join(folder, 'none') }))).toMatch(
      /^The file \/none of TLS_CERT_FILE cannot be read: ENOENT.*\.$/,
    );
    expect(await refusal((each) => ({ ...each, tlsCertFile: each.tlsKeyFile }))).toBe(
      'The file /tls.key of TLS_CERT_FILE has no certificate in PEM.',
    );
    expect(await refusal((each) => ({ ...each, tlsKeyFile: each.tlsCertFile }))).toBe(
      'The file /tls.crt of TLS_KEY_FILE has no private key in PEM that can be read without a passphrase.',
    );
    expect(
      await refusal(async (each) => {
        await writeFile(each.tlsKeyFile ?? '', (await certificate('two')).private);
        return each;
      }),
    ).toContain('(TLS_KEY_FILE) does not belong to the first certificate in /tls.crt');
  });

  it('are none where nothing is set', async () => {
    const none = { tlsCertFile: null, tlsKeyFile: null, tlsClientCaFile: null };
    expect(await openServerTls(none, { telemetry, steps })).toBeNull();
  });
});
