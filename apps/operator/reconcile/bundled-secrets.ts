import { randomBytes } from 'node:crypto';
import type { LogPipeline } from '#pipeline';
import { ApiError } from '../runtime/api-error.ts';
import { APPLY_PATCH, type KubeApi } from '../runtime/kube-api.ts';
import { collectionPath, objectPath, SECRETS, VOLUME_CLAIMS } from '../runtime/kinds.ts';
import { AMQP_PORT, POSTGRES_PORT, type Backend } from '../specs/backends/bundled.ts';
import { child, childName, FIELD_MANAGER, HASH_ANNOTATION } from '../specs/labels.ts';
import { readObject, readSecret, type Secret } from './read-objects.ts';

const USER = 'penstock';
const PASSWORD_BYTES = 24;

export type BundledSecret =
  | { readonly kind: 'present'; readonly secret: Secret }
  /** The data of the backend know the old password, so a new one would not help. */
  | { readonly kind: 'lost'; readonly message: string };

/**
 * The Secret of a bundled backend, made with a random password when there is none. It stays with the volume when the
 * pipeline is deleted, since the data in the volume know the password; with `deletionPolicy: Delete` both go.
 */
export async function ensureBundledSecret(
  api: KubeApi,
  pipeline: LogPipeline,
  backend: Backend,
): Promise<BundledSecret> {
  const name = childName(pipeline, backend);
  const found = await readSecret(api, pipeline.namespace, name);
  if (found === null) {
    const claim = `data-${name}-0`;
    if ((await readObject(api, VOLUME_CLAIMS, pipeline.namespace, claim)) !== null)
      return {
        kind: 'lost',
        message: `Secret ${name} is gone, but the volume claim ${claim} holds data with its password: restore the Secret, or delete the claim with its data`,
      };
    await createSecret(api, pipeline, backend);
  }
  const secret = found ?? (await readSecret(api, pipeline.namespace, name));
  if (secret === null) throw new ApiError(0, 'Gone', `Secret ${name} was deleted at once`);
  await keepOwner(api, pipeline, backend, secret);
  return { kind: 'present', secret };
}

async function createSecret(api: KubeApi, pipeline: LogPipeline, backend: Backend): Promise<void> {
  const { apiVersion, kind, metadata } = identity(pipeline, backend);
  try {
    await api.request({
      method: 'POST',
      path: `${collectionPath(SECRETS, pipeline.namespace)}?fieldManager=${FIELD_MANAGER}`,
      body: {
        apiVersion,
        kind,
        metadata: { name: metadata.name, labels: metadata.labels },
        type: 'Opaque',
        stringData: contentOf(pipeline, backend),
      },
    });
  } catch (error) {
    // Another attempt of ours was quicker.
    if (!(error instanceof ApiError) || !error.isConflict) throw error;
  }
}

function contentOf(pipeline: LogPipeline, backend: Backend): Readonly<Record<string, string>> {
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
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

/** Labels and owner are applied apart from the content, which is written once and is the user's to change. */
async function keepOwner(
  api: KubeApi,
  pipeline: LogPipeline,
  backend: Backend,
  { object }: Secret,
): Promise<void> {
  const manifest = identity(pipeline, backend);
  const hash = manifest.metadata.annotations?.[HASH_ANNOTATION];
  if (object.metadata.annotations?.[HASH_ANNOTATION] === hash) return;
  await api.request({
    method: 'PATCH',
    path: `${objectPath(SECRETS, pipeline.namespace, manifest.metadata.name)}?fieldManager=${FIELD_MANAGER}&force=true`,
    contentType: APPLY_PATCH,
    body: manifest,
  });
}

function identity(pipeline: LogPipeline, backend: Backend) {
  return child(pipeline, {
    apiVersion: SECRETS.apiVersion,
    kind: SECRETS.kind,
    name: childName(pipeline, backend),
    component: backend,
    owned: pipeline.spec.deletionPolicy === 'Delete',
    body: {},
  });
}
