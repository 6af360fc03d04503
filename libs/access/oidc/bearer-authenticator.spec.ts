import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { Telemetry } from '#telemetry';
import { BearerAuthenticator } from './bearer-authenticator.ts';
import { OidcProvider, ProviderUnavailableError } from './oidc-provider.ts';
import { PRIVATE_TLS } from './testing/private-tls.ts';
import { TestProvider } from './testing/test-provider.ts';

const AUDIENCE = 'https://logs.example.com';

let provider: TestProvider;
let bearer: BearerAuthenticator;

/** As the API of one gateway. */
function open(keyCoolDownMs = 0, authorities: string | null = null): BearerAuthenticator {
  const telemetry = new Telemetry(() => undefined);
  return new BearerAuthenticator({
    provider: new OidcProvider({
      issuer: new URL(provider.issuer),
      clientId: 'penstock',
      clientSecret: null,
      authorities,
      telemetry,
      coolDownMs: 0,
      keyCoolDownMs,
    }),
    audience: AUDIENCE,
    rules: {
      groupsClaim: 'groups',
      map: [{ group: 'shop', role: 'viewer', services: ['cart'] }],
      defaultRole: null,
    },
    telemetry,
  });
}

beforeEach(async () => {
  provider = await TestProvider.start('http://127.0.0.1:1/callback');
  provider.person = { sub: 'robot', preferred_username: 'robot', groups: ['shop'] };
  bearer = open();
});
afterEach(async () => {
  await provider.stop().catch(() => undefined);
});

function authenticate(token: string, scheme = 'Bearer') {
  const headers = { authorization: `${scheme} ${token}` };
  return bearer.authenticate({ headers, secure: true }, { counts: true });
}

const keyRequests = (): number => provider.requests.get('/jwks') ?? 0;

describe('bearer tokens of the provider', () => {
  it('say who sent a request, and what they may do', async () => {
    expect(await authenticate(await provider.token({ aud: AUDIENCE }))).toEqual({
      identity: {
        kind: 'bearer',
        id: `${provider.issuer}/#robot`,
        name: 'robot',
        role: 'viewer',
        services: ['cart'],
      },
      by: 'header',
      csrf: null,
      sessionId: null,
    });
    const several = await provider.token({ aud: ['other', AUDIENCE] });
    expect(await authenticate(several, 'bearer')).not.toBeNull();
  });

  it.each([
    ['another audience', { aud: 'https://elsewhere.example.com' }],
    ['no audience', {}],
    ['another issuer', { aud: AUDIENCE, iss: 'https://elsewhere.example.com' }],
    ['a time that is over', { aud: AUDIENCE, exp: Math.floor(Date.now() / 1_000) - 60 }],
    ['no end', { aud: AUDIENCE, exp: undefined }],
    ['a time to come', { aud: AUDIENCE, nbf: Math.floor(Date.now() / 1_000) + 60 }],
    ['nobody', { aud: AUDIENCE, sub: undefined }],
    ['no group with a role', { aud: AUDIENCE, groups: ['others'] }],
  ])('are refused with %s', async (_name, claims) => {
    expect(await authenticate(await provider.token(claims as JWTPayload))).toBeNull();
  });

  it('may be a little too old or too new', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const token = await provider.token({ aud: AUDIENCE, exp: now - 10, nbf: now + 10 });
    expect(await authenticate(token)).not.toBeNull();
  });

  it('are refused without a signature of the provider', async () => {
    const claims = { aud: AUDIENCE, iss: provider.issuer, sub: 'robot', groups: ['shop'] };
    const kid = provider.kid;
    const none = new UnsecuredJWT(claims).setExpirationTime('5m').encode();
    const shared = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid })
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode('x'.repeat(32)));
    const stranger = await provider.token({ aud: AUDIENCE }, { stranger: true, kid });
    const [head = '', , signature = ''] = (await provider.token({ aud: AUDIENCE })).split('.');
    const altered = `${head}.${Buffer.from(JSON.stringify({ ...claims, exp: 9e9 })).toString('base64url')}.${signature}`;
    for (const token of [none, shared, stranger, altered, 'a.b.c'])
      expect(await authenticate(token)).toBeNull();
  });

  it('are not looked for elsewhere', async () => {
    const token = await provider.token({ aud: AUDIENCE });
    for (const headers of [
      {},
      { authorization: `Basic ${token}` },
      { authorization: token },
      { authorization: 'Bearer x' },
      { authorization: `Bearer ${'a'.repeat(20_000)}.b.c` },
    ])
      expect(await bearer.authenticate({ headers, secure: true }, { counts: true })).toBeNull();
    expect(provider.requests.size).toBe(0);
  });

  it('are known by keys that are read once, and again for a new one', async () => {
    for (let i = 0; i < 5; i++) await authenticate(await provider.token({ aud: AUDIENCE }));
    expect(keyRequests()).toBe(1);
    const before = await provider.token({ aud: AUDIENCE });
    await provider.rotateKey();
    expect(await authenticate(await provider.token({ aud: AUDIENCE }))).not.toBeNull();
    expect(keyRequests()).toBe(2);
    expect(await authenticate(before)).toBeNull();
  });

  it('of unknown keys do not make us ask again and again', async () => {
    bearer = open(60_000);
    await authenticate(await provider.token({ aud: AUDIENCE }));
    for (let i = 0; i < 20; i++)
      expect(
        await authenticate(await provider.token({ aud: AUDIENCE }, { kid: `k${i}` })),
      ).toBeNull();
    expect(keyRequests()).toBe(1);
  });

  it('are known where an authority is named that signed the certificate of the provider', async () => {
    await provider.stop();
    provider = await TestProvider.start('http://127.0.0.1:1/callback', PRIVATE_TLS);
    const token = await provider.token({ aud: AUDIENCE, groups: ['shop'] });
    bearer = open(0, PRIVATE_TLS.ca);
    expect(await authenticate(token)).not.toBeNull();
    expect(keyRequests()).toBe(1);
    bearer = open();
    await expect(authenticate(token)).rejects.toThrow(ProviderUnavailableError);
  });

  it('are neither accepted nor refused while the keys cannot be read', async () => {
    const token = await provider.token({ aud: AUDIENCE });
    await provider.stop();
    await expect(authenticate(token)).rejects.toThrow(ProviderUnavailableError);
    await provider.resume();
    expect(await authenticate(token)).not.toBeNull();
    await provider.stop();
    expect(await authenticate(token)).not.toBeNull();
  });
});
