import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  exportJWK,
  generateKeyPair,
  SignJWT,
  type GenerateKeyPairResult,
  type JWTPayload,
} from 'jose';
import Provider, { type Configuration, type JWK } from 'oidc-provider';
import { providerStorage } from './provider-storage.ts';

export const CLIENT_ID = 'penstock';
export const CLIENT_SECRET = 'a-secret-of-the-tests-0123456789';

/** Somebody who has an account at the provider. */
export interface Person {
  readonly sub: string;
  readonly preferred_username: string;
  readonly groups: readonly string[];
}

/** PEM. */
interface Tls {
  readonly cert: string;
  readonly key: string;
}

interface Key {
  readonly jwk: JWK;
  readonly privateKey: GenerateKeyPairResult['privateKey'];
}

/** oidc-provider over HTTP, at which whoever is `person` at the moment logs in without being asked. */
export class TestProvider {
  readonly issuer: string;
  person: Person = { sub: 'sub-1', preferred_username: 'ada', groups: ['staff'] };
  /** How many requests came, by path. */
  readonly requests = new Map<string, number>();
  private readonly server: Server;
  private readonly redirectUrl: string;
  private readonly storage = providerStorage();
  private provider: Provider;
  private key: Key;

  private constructor(server: Server, issuer: string, redirectUrl: string, key: Key) {
    this.server = server;
    this.issuer = issuer;
    this.redirectUrl = redirectUrl;
    this.key = key;
    this.provider = this.make(key);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.answer(request, response);
    });
  }

  /** @param tls certificate and key of 127.0.0.1, for a provider over HTTPS */
  static async start(redirectUrl: string, tls?: Tls): Promise<TestProvider> {
    const key = await newKey();
    const server = tls === undefined ? createServer() : createHttpsServer(tls);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const scheme = tls === undefined ? 'http' : 'https';
    return new TestProvider(server, `${scheme}://127.0.0.1:${port}`, redirectUrl, key);
  }

  /** From now on it signs with another key, and tells of that alone. */
  async rotateKey(): Promise<void> {
    this.key = await newKey();
    this.provider = this.make(this.key);
  }

  /** A token signed by the provider's key of now, or by another key under its name. */
  async token(claims: JWTPayload, options: TokenOptions = {}): Promise<string> {
    const { privateKey, jwk } = options.stranger === true ? await newKey() : this.key;
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({
      iss: this.issuer,
      sub: this.person.sub,
      preferred_username: this.person.preferred_username,
      groups: [...this.person.groups],
      iat: now,
      exp: now + 300,
      ...claims,
    })
      .setProtectedHeader({ alg: 'RS256', kid: options.kid ?? jwk.kid ?? '' })
      .sign(privateKey);
  }

  get kid(): string {
    return this.key.jwk.kid ?? '';
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Listens again where it did before. */
  async resume(): Promise<void> {
    const port = Number(new URL(this.issuer).port);
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
  }

  private make(key: Key): Provider {
    const configuration: Configuration = {
      adapter: this.storage,
      clients: [
        {
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          redirect_uris: [this.redirectUrl],
          post_logout_redirect_uris: [new URL('/', this.redirectUrl).href],
          grant_types: ['authorization_code'],
          response_types: ['code'],
        },
      ],
      jwks: { keys: [key.jwk] },
      cookies: { keys: ['test'] },
      claims: { openid: ['sub'], profile: ['preferred_username'], groups: ['groups'] },
      conformIdTokenClaims: false,
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
      pkce: { required: () => true },
      findAccount: (_context, id) => ({
        accountId: id,
        claims: () => ({ ...this.person, groups: [...this.person.groups], sub: id }),
      }),
      ttl: {
        AccessToken: 300,
        AuthorizationCode: 60,
        IdToken: 300,
        Grant: 600,
        Interaction: 600,
        Session: 600,
      },
    };
    return new Provider(this.issuer, configuration);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = ''] = (request.url ?? '').split('?', 1);
    this.requests.set(path, (this.requests.get(path) ?? 0) + 1);
    try {
      if (path.startsWith('/interaction/')) await this.consent(request, response);
      else await this.provider.callback()(request, response);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  }

  /** Logs the person in, and grants all that is asked for. */
  private async consent(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { params } = await this.provider.interactionDetails(request, response);
    const accountId = this.person.sub;
    const grant = new this.provider.Grant({ accountId, clientId: CLIENT_ID });
    grant.addOIDCScope(String(params['scope']));
    const grantId = await grant.save();
    await this.provider.interactionFinished(
      request,
      response,
      { login: { accountId }, consent: { grantId } },
      { mergeWithLastSubmission: false },
    );
  }
}

export interface TokenOptions {
  /** Signed with a key that the provider has not. */
  readonly stranger?: boolean;
  readonly kid?: string;
}

let keys = 0;

async function newKey(): Promise<Key> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return {
    privateKey,
    jwk: { ...jwk, kid: `key-${++keys}`, alg: 'RS256', use: 'sig' },
  };
}

/**
 * A browser that follows redirects, and keeps cookies, until it is led to a URL that begins so.
 *
 * @param get how it asks; the built-in `fetch` trusts the known authorities alone
 */
export async function browse(
  start: string | URL,
  until: string,
  get: (url: string, options: RequestInit) => Promise<Response> = fetch,
): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = new URL(start);
  for (let hops = 0; hops < 20; hops++) {
    if (url.href.startsWith(until)) return url;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await get(url.href, { redirect: 'manual', headers: { cookie } });
    for (const set of response.headers.getSetCookie()) {
      const [pair = ''] = set.split(';', 1);
      const at = pair.indexOf('=');
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const next = response.headers.get('location');
    if (next === null) throw new Error(`${url.href}: ${response.status} ${await response.text()}`);
    url = new URL(next, url);
  }
  throw new Error('too many redirects');
}
