import { beforeAll, describe, expect, it } from '@jest/globals';
import { generate } from 'selfsigned';
import type { WrittenSpec } from '#pipeline';
import { buildPipeline } from '../testing/build-pipeline.ts';
import { ObjectsApi, secretAt } from '../testing/objects-api.ts';
import { podSecrets } from './pod-secrets.ts';

const OFF = { ingest: { auth: 'Off' }, gateway: { auth: 'Off' } } as const;
const TLS: WrittenSpec = {
  ...OFF,
  gateway: {
    auth: 'Off',
    tls: { secretRef: { name: 'web' }, clientCaSecretRef: { name: 'clients', key: 'root.pem' } },
  },
};
const CLIENTS = secretAt('clients', { 'root.pem': 'certificates' });

const read = (spec: WrittenSpec, objects: Readonly<Record<string, object>>) =>
  podSecrets(new ObjectsApi(objects), buildPipeline(spec));

describe('the certificate of the gateway', () => {
  const pairOf = (value: string) => generate([{ name: 'commonName', value }]);
  let one: Awaited<ReturnType<typeof pairOf>>;
  let other: typeof one;
  beforeAll(async () => {
    one = await pairOf('one');
    other = await pairOf('other');
  });
  const web = (cert: string, key: string) => secretAt('web', { 'tls.crt': cert, 'tls.key': key });

  it('is used when its key belongs to it', async () => {
    const found = await read(TLS, { ...web(one.cert, one.private), ...CLIENTS });
    expect(found).toEqual({
      adminPassword: null,
      ingestToken: null,
      oidcClientSecret: null,
      oidcCa: null,
      trustedCa: null,
    });
  });

  it('is missed by the field that names it', async () => {
    expect(await read(TLS, CLIENTS)).toEqual({
      reason: 'MissingSecret',
      message: 'spec.gateway.tls.secretRef names the Secret web, which does not exist',
    });
  });

  it('is said to be unusable before a pod fails by it, without telling what is in it', async () => {
    for (const [cert, key, words] of [
      [one.cert, other.private, 'tls.key is not the key of the certificate in tls.crt'],
      ['nothing', one.private, 'tls.crt is not a certificate in PEM'],
      [one.cert, 'nothing', 'tls.key is not a private key in PEM without a passphrase'],
    ] as const)
      expect(await read(TLS, { ...web(cert, key), ...CLIENTS })).toEqual({
        reason: 'InvalidCertificate',
        message: `Secret web: ${words}`,
      });
  });

  it('needs the authorities of clients where they are named', async () => {
    const pair = web(one.cert, one.private);
    expect(await read(TLS, pair)).toMatchObject({
      message: 'spec.gateway.tls.clientCaSecretRef names the Secret clients, which does not exist',
    });
    expect(await read(TLS, { ...pair, ...secretAt('clients', { 'ca.crt': 'x' }) })).toEqual({
      reason: 'MissingKey',
      message: 'Secret clients has no key root.pem',
    });
  });
});

describe('the password of the first admin', () => {
  const spec: WrittenSpec = { ingest: { auth: 'Off' }, deletionPolicy: 'Delete' };
  const path = '/api/v1/namespaces/logs/secrets/shop-admin';
  const owners = (api: ObjectsApi) => JSON.stringify(api.at(path)?.['metadata']);

  it('is made, and goes with the pipeline where that says so', async () => {
    const api = new ObjectsApi();
    const found = await podSecrets(api, buildPipeline(spec));
    expect(found).toMatchObject({ adminPassword: { secret: 'shop-admin', key: 'password' } });
    expect(owners(api)).toContain('uid-of-shop');
  });

  it('stays that of a Secret that people made, which is left as it is', async () => {
    const api = new ObjectsApi(secretAt('shop-admin', { password: 'theirs' }));
    const found = await podSecrets(api, buildPipeline(spec));
    expect(found).toMatchObject({ adminPassword: { secret: 'shop-admin', key: 'password' } });
    expect(api.writes).toEqual([]);
  });
});

describe('the secret of OpenID Connect', () => {
  const spec: WrittenSpec = {
    ingest: { auth: 'Off' },
    gateway: {
      publicUrl: 'https://logs.example.com',
      oidc: {
        issuer: 'https://id.example.com',
        clientId: 'penstock',
        clientSecretRef: { name: 'client' },
        defaultRole: 'Viewer',
      },
    },
  };
  const admin = secretAt('shop-admin', { username: 'admin', password: 'p' });

  it('is that of the Secret', async () => {
    const found = await read(spec, { ...secretAt('client', { clientSecret: 's' }), ...admin });
    expect(found).toMatchObject({ oidcClientSecret: { secret: 'client', key: 'clientSecret' } });
    expect(JSON.stringify(found)).not.toContain('"s"');
  });

  it('is missed by the field that names it', async () => {
    expect(await read(spec, admin)).toEqual({
      reason: 'MissingSecret',
      message: 'spec.gateway.oidc.clientSecretRef names the Secret client, which does not exist',
    });
  });

  it('is beside the authorities of the provider, where they are named', async () => {
    const oidc = { ...spec.gateway!.oidc!, caSecretRef: { name: 'authority' } };
    const trusting = { ...spec, gateway: { ...spec.gateway, oidc } };
    const client = { ...secretAt('client', { clientSecret: 's' }), ...admin };
    expect(await read(trusting, client)).toEqual({
      reason: 'MissingSecret',
      message: 'spec.gateway.oidc.caSecretRef names the Secret authority, which does not exist',
    });
    const authority = secretAt('authority', { 'ca.crt': 'certificates' });
    expect(await read(trusting, { ...client, ...authority })).toMatchObject({
      oidcCa: { secret: 'authority', key: 'ca.crt' },
    });
  });
});

describe('the authorities that all processes trust', () => {
  const spec: WrittenSpec = { ...OFF, trustedCaSecretRef: { name: 'company', key: 'root.pem' } };

  it('are those of the Secret, which is missed by the field that names it', async () => {
    expect(await read(spec, {})).toEqual({
      reason: 'MissingSecret',
      message: 'spec.trustedCaSecretRef names the Secret company, which does not exist',
    });
    const company = secretAt('company', { 'root.pem': 'certificates' });
    expect(await read(spec, company)).toMatchObject({
      trustedCa: { secret: 'company', key: 'root.pem' },
    });
  });
});
