import type { LogPipeline } from '#pipeline';
import { ApiError } from '../runtime/api-error.ts';
import { APPLY_PATCH, type KubeApi } from '../runtime/kube-api.ts';
import { collectionPath, objectPath, SECRETS } from '../runtime/kinds.ts';
import type { Component } from '../specs/context.ts';
import {
  child,
  childName,
  FIELD_MANAGER,
  HASH_ANNOTATION,
  isLabelledOurs,
} from '../specs/labels.ts';
import { readSecret, type Secret } from './read-objects.ts';

/** A Secret that the operator makes once; afterwards its content is the user's to change. */
export interface GeneratedSecret {
  /** What its name ends with. */
  readonly part: string;
  readonly component: Component;
  readonly content: () => Readonly<Record<string, string>>;
}

/**
 * The Secret, made when there is none. It outlives the pipeline, since data that do so too know what is in it; with
 * `deletionPolicy: Delete` it goes.
 */
export async function ensureSecret(
  api: KubeApi,
  pipeline: LogPipeline,
  generated: GeneratedSecret,
): Promise<Secret> {
  const name = childName(pipeline, generated.part);
  const found = await readSecret(api, pipeline.namespace, name);
  if (found === null) await createSecret(api, pipeline, generated);
  const secret = found ?? (await readSecret(api, pipeline.namespace, name));
  if (secret === null) throw new ApiError(0, 'Gone', `Secret ${name} was deleted at once`);
  // One that people made is theirs, to keep too.
  if (isOurs(secret)) await keepOwner(api, pipeline, generated, secret);
  return secret;
}

async function createSecret(
  api: KubeApi,
  pipeline: LogPipeline,
  generated: GeneratedSecret,
): Promise<void> {
  const { apiVersion, kind, metadata } = identity(pipeline, generated);
  try {
    await api.request({
      method: 'POST',
      path: `${collectionPath(SECRETS, pipeline.namespace)}?fieldManager=${FIELD_MANAGER}`,
      body: {
        apiVersion,
        kind,
        metadata: { name: metadata.name, labels: metadata.labels },
        type: 'Opaque',
        stringData: generated.content(),
      },
    });
  } catch (error) {
    // Another attempt of ours was quicker.
    if (!(error instanceof ApiError) || !error.isConflict) throw error;
  }
}

function isOurs({ object }: Secret): boolean {
  return isLabelledOurs(object.metadata.labels);
}

/** Labels and owner are applied apart from the content. */
async function keepOwner(
  api: KubeApi,
  pipeline: LogPipeline,
  generated: GeneratedSecret,
  { object }: Secret,
): Promise<void> {
  const manifest = identity(pipeline, generated);
  const hash = manifest.metadata.annotations?.[HASH_ANNOTATION];
  if (object.metadata.annotations?.[HASH_ANNOTATION] === hash) return;
  await api.request({
    method: 'PATCH',
    path: `${objectPath(SECRETS, pipeline.namespace, manifest.metadata.name)}?fieldManager=${FIELD_MANAGER}&force=true`,
    contentType: APPLY_PATCH,
    body: manifest,
  });
}

function identity(pipeline: LogPipeline, { part, component }: GeneratedSecret) {
  return child(pipeline, {
    apiVersion: SECRETS.apiVersion,
    kind: SECRETS.kind,
    name: childName(pipeline, part),
    component,
    owned: pipeline.spec.deletionPolicy === 'Delete',
    body: {},
  });
}
