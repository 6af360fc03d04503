import { describe, expect, it } from '@jest/globals';
import type { WrittenSpec } from '#pipeline';
import { buildPipeline } from '../testing/build-pipeline.ts';
import { ObjectsApi, secretAt as secret } from '../testing/objects-api.ts';
import { resolveBackends } from './connections.ts';

const CLUSTER = '/apis/postgresql.cnpg.io/v1/namespaces/logs/clusters/pg';
const RABBIT = '/apis/rabbitmq.com/v1beta1/namespaces/logs/rabbitmqclusters/mq';

const EXTERNAL: WrittenSpec = {
  postgres: { uriSecretRef: { name: 'db' } },
  rabbitmq: { uriSecretRef: { name: 'broker' } },
  meilisearch: { enabled: false },
};
const DB = secret('db', { uri: 'postgres://u:p@db.example:6000/logs' });
const BROKER = secret('broker', { uri: 'amqps://u:p@[::1]' });

const resolve = (spec: WrittenSpec, objects: Readonly<Record<string, object>>) =>
  resolveBackends(new ObjectsApi(objects), buildPipeline(spec));

describe('the metrics of an external broker', () => {
  const metricsUrl = 'http://broker.example:15692';
  const spec: WrittenSpec = {
    ...EXTERNAL,
    rabbitmq: {
      uriSecretRef: { name: 'broker' },
      metricsUrl,
      metricsSecretRef: { name: 'monitor' },
    },
  };

  it('are asked with the user that the Secret names', async () => {
    const monitor = secret('monitor', { username: 'u', password: 'p' });
    const { metrics } = await resolve(spec, { ...DB, ...BROKER, ...monitor });
    const authorization = `Basic ${Buffer.from('u:p').toString('base64')}`;
    expect(metrics).toEqual({
      kind: 'broker',
      url: metricsUrl,
      authorization,
      prefix: 'penstock',
    });
  });

  it.each([
    ['the Secret', {}, 'MissingSecret', 'spec.rabbitmq.metricsSecretRef names the Secret monitor'],
    ['the password', secret('monitor', { username: 'u' }), 'MissingKey', 'no key password'],
  ])('are not asked without %s, and that is said', async (_what, monitor, reason, words) => {
    const found = await resolve(spec, { ...DB, ...BROKER, ...monitor });
    expect(found.metrics).toEqual({ reason, message: expect.stringContaining(words) });
    expect(found.connections).not.toBeNull();
  });
});

describe('the archive of a pipeline', () => {
  const archive = {
    bucket: 'logs',
    endpoint: 'https://minio.example',
    secretRef: { name: 'bucket' },
  };
  const key = secret('bucket', { accessKeyId: 'a', secretAccessKey: 's' });

  it('is none unless it is written', async () => {
    const found = await resolve(EXTERNAL, { ...DB, ...BROKER });
    expect(found.reaches.archive).toBeNull();
    expect(found.connections?.archive).toBeNull();
  });

  it('is dialled at its endpoint, with the key of its Secret', async () => {
    const found = await resolve({ ...EXTERNAL, archive }, { ...DB, ...BROKER, ...key });
    expect(found.reaches.archive).toEqual({ kind: 'dial', host: 'minio.example', port: 443 });
    expect(found.connections?.archive).toMatchObject({
      accessKeyId: { secret: 'bucket', key: 'accessKeyId' },
      secretAccessKey: { secret: 'bucket', key: 'secretAccessKey' },
    });
  });

  it('needs no key where the pods find one', async () => {
    const found = await resolve({ ...EXTERNAL, archive: { bucket: 'logs' } }, { ...DB, ...BROKER });
    expect(found.reaches.archive).toMatchObject({ kind: 'told', ready: true });
    expect(found.connections?.archive).toBeNull();
  });

  it.each([
    ['the Secret', {}, 'MissingSecret', 'spec.archive.secretRef names the Secret bucket'],
    ['its secret', secret('bucket', { accessKeyId: 'a' }), 'MissingKey', 'no key secretAccessKey'],
  ])('holds up the pods without %s, and says so', async (_what, objects, reason, words) => {
    const found = await resolve({ ...EXTERNAL, archive }, { ...DB, ...BROKER, ...objects });
    expect(found.reaches.archive).toEqual({ reason, message: expect.stringContaining(words) });
    expect(found.connections).toBeNull();
  });
});

describe('the backends of a pipeline', () => {
  it('are dialled where Secrets name them, at the port of the scheme where none is said', async () => {
    const found = await resolve(EXTERNAL, { ...DB, ...BROKER });
    expect(found.reaches).toEqual({
      postgres: { kind: 'dial', host: 'db.example', port: 6_000 },
      rabbitmq: { kind: 'dial', host: '::1', port: 5_671 },
      meilisearch: null,
      archive: null,
    });
    expect(found.connections).toMatchObject({
      postgres: { secret: 'db', key: 'uri' },
      rabbitmq: { secret: 'broker', key: 'uri', ca: null },
      meilisearch: null,
    });
    expect(found).toMatchObject({
      metrics: { kind: 'writers', host: 'shop-writer-metrics.logs.svc', port: 9_090 },
      postgresConnections: 100,
    });
  });

  it('have another version once a value has changed', async () => {
    const version = async (uri: string) => {
      const { connections } = await resolve(EXTERNAL, { ...secret('db', { uri }), ...BROKER });
      return connections?.postgres.version;
    };
    const before = await version('postgres://u:old@db/logs');
    expect(await version('postgres://u:old@db/logs')).toBe(before);
    expect(await version('postgres://u:new@db/logs')).not.toBe(before);
  });

  it.each([
    ['a Secret', {}, 'MissingSecret', 'spec.postgres.uriSecretRef names the Secret db'],
    ['a key', secret('db', { url: 'x' }), 'MissingKey', 'Secret db has no key uri'],
    ['a value', secret('db', { uri: ' ' }), 'MissingKey', 'Secret db has no key uri'],
    ['a URL', secret('db', { uri: 'db:5432' }), 'InvalidUri', 'key uri of Secret db'],
  ])('say that %s is missing', async (_what, objects, reason, message) => {
    const found = await resolve(EXTERNAL, { ...objects, ...BROKER });
    expect(found.connections).toBeNull();
    expect(found.reaches.postgres).toMatchObject({
      reason,
      message: expect.stringContaining(message),
    });
    expect(found.reaches.rabbitmq).toMatchObject({ kind: 'dial' });
  });

  it('are not there while the certificates of the broker are missing', async () => {
    const spec = {
      ...EXTERNAL,
      rabbitmq: { uriSecretRef: { name: 'broker' }, caSecretRef: { name: 'ca' } },
    };
    const missing = await resolve(spec, { ...DB, ...BROKER });
    expect(missing.connections).toBeNull();
    expect(missing.reaches.rabbitmq).toMatchObject({ reason: 'MissingSecret' });
    const ca = secret('ca', { 'ca.crt': 'PEM' });
    const found = await resolve(spec, { ...DB, ...BROKER, ...ca });
    expect(found.connections?.rabbitmq.ca).toMatchObject({ secret: 'ca', key: 'ca.crt' });
  });

  it('are a Meilisearch elsewhere by its URL and the Secret of its key', async () => {
    const spec = {
      ...EXTERNAL,
      meilisearch: { url: 'https://search.example', apiKeySecretRef: { name: 'key' } },
    };
    const found = await resolve(spec, { ...DB, ...BROKER, ...secret('key', { apiKey: 'k' }) });
    expect(found.reaches.meilisearch).toEqual({ kind: 'dial', host: 'search.example', port: 443 });
    expect(found.connections?.meilisearch).toMatchObject({ url: 'https://search.example' });
  });
});

describe('the backends of other operators', () => {
  const SPEC: WrittenSpec = {
    postgres: { clusterRef: { name: 'pg' } },
    rabbitmq: { clusterRef: { name: 'mq' } },
    meilisearch: { enabled: false },
  };
  const SECRETS = {
    ...secret('pg-app', { uri: 'postgres://u:p@pg-rw.logs/app' }),
    ...secret('mq-user', { connection_string: 'amqp://u:p@mq.logs' }),
  };
  const cluster = (readyInstances: number, parameters = {}) => ({
    [CLUSTER]: { metadata: {}, spec: { postgresql: { parameters } }, status: { readyInstances } },
  });
  const rabbit = (status: string) => ({
    [RABBIT]: {
      metadata: {},
      status: {
        defaultUser: { secretReference: { name: 'mq-user' } },
        conditions: [{ type: 'ClusterAvailable', status }],
      },
    },
  });

  it('are followed to their Secrets, limits and endpoints, each read once', async () => {
    const objects = { ...SECRETS, ...cluster(2, { max_connections: '321' }), ...rabbit('True') };
    const api = new ObjectsApi(objects);
    const found = await resolveBackends(api, buildPipeline(SPEC));
    expect(found.reaches).toMatchObject({
      postgres: { kind: 'told', ready: true, message: 'Cluster pg has 2 ready instances' },
      rabbitmq: { kind: 'told', ready: true },
    });
    expect(found.connections).toMatchObject({
      postgres: { secret: 'pg-app', key: 'uri' },
      rabbitmq: { secret: 'mq-user', key: 'connection_string' },
    });
    expect(found.postgresConnections).toBe(321);
    expect(found.metrics).toMatchObject({ url: 'http://mq.logs.svc:15692' });
    expect(api.reads.toSorted()).toEqual(Object.keys(objects).toSorted());
  });

  it('are what their operators say of them', async () => {
    const found = await resolve(SPEC, { ...SECRETS, ...cluster(0), ...rabbit('False') });
    expect(found.reaches).toMatchObject({
      postgres: { kind: 'told', ready: false },
      rabbitmq: { kind: 'told', ready: false, message: 'RabbitmqCluster mq is not available' },
    });
    expect(found.connections).not.toBeNull();
  });

  it('say which one is missing', async () => {
    const found = await resolve(SPEC, SECRETS);
    expect(found.reaches).toMatchObject({
      postgres: { reason: 'MissingCluster' },
      rabbitmq: { reason: 'MissingCluster' },
    });
    expect(found.connections).toBeNull();
  });
});
