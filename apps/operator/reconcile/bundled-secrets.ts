import { randomBytes } from 'node:crypto';
import type { LogPipeline } from '#pipeline';
import type { KubeApi } from '../runtime/kube-api.ts';
import { VOLUME_CLAIMS } from '../runtime/kinds.ts';
import { AMQP_PORT, POSTGRES_PORT, type Backend } from '../specs/backends/bundled.ts';
import { childName } from '../specs/labels.ts';
import { ensureSecret } from './generated-secret.ts';
import { readObject, readSecret, type Secret } from './read-objects.ts';

const USER = 'penstock';
const PASSWORD_BYTES = 24;
const TOKEN_BYTES = 32;

export type BundledSecret =
  | { readonly kind: 'present'; readonly secret: Secret }
  /** The data of the backend know the old password, so a new one would not help. */
  | { readonly kind: 'lost'; readonly message: string };

/** The Secret of a bundled backend, made with a random password when there is none. */
export async function ensureBundledSecret(
  api: KubeApi,
  pipeline: LogPipeline,
  backend: Backend,
): Promise<BundledSecret> {
  const name = childName(pipeline, backend);
  if ((await readSecret(api, pipeline.namespace, name)) === null) {
    const claim = `data-${name}-0`;
    if ((await readObject(api, VOLUME_CLAIMS, pipeline.namespace, claim)) !== null)
      return {
        kind: 'lost',
        message: `Secret ${name} is gone, but the volume claim ${claim} holds data with its password: restore the Secret, or delete the claim with its data`,
      };
  }
  const content = () => contentOf(pipeline, backend);
  const secret = await ensureSecret(api, pipeline, { part: backend, component: backend, content });
  return { kind: 'present', secret };
}

/** The Secret with the password of the user admin at the first start of a gateway. */
export function ensureAdminSecret(api: KubeApi, pipeline: LogPipeline): Promise<Secret> {
  return ensureSecret(api, pipeline, {
    part: 'admin',
    component: 'gateway',
    content: () => ({ username: 'admin', password: newPassword() }),
  });
}

/** The Secret with a token that ingest accepts beside those that are made in the page. */
export function ensureIngestTokenSecret(api: KubeApi, pipeline: LogPipeline): Promise<Secret> {
  return ensureSecret(api, pipeline, {
    part: 'ingest-token',
    component: 'ingest',
    content: () => ({ token: randomBytes(TOKEN_BYTES).toString('base64url') }),
  });
}

function contentOf(pipeline: LogPipeline, backend: Backend): Readonly<Record<string, string>> {
  const password = newPassword();
  const host = `${childName(pipeline, backend)}.${pipeline.namespace}.svc`;
  switch (backend) {
    case 'postgres':
      return {
        username: USER,
        password,
        uri: `postgres://${USER}:${password}@${host}:${POSTGRES_PORT}/penstock`,
      };
    case 'rabbitmq':
      return { username: USER, password, uri: `amqp://${USER}:${password}@${host}:${AMQP_PORT}` };
    case 'meilisearch':
      return { apiKey: password };
  }
}

function newPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString('base64url');
}
