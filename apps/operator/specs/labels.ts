import { API_VERSION, KIND, type LogPipeline } from '#pipeline';
import type { Manifest } from '../runtime/kube-object.ts';
import type { Component } from './context.ts';
import { fingerprint } from './fingerprint.ts';

/** Owner of all fields that the operator applies. */
export const FIELD_MANAGER = 'penstock-operator';
export const PIPELINE_LABEL = 'penstock.dev/pipeline';
export const MANAGED_BY = { 'app.kubernetes.io/managed-by': FIELD_MANAGER } as const;
/** Hash of the manifest that was applied last. */
export const HASH_ANNOTATION = 'penstock.dev/desired-hash';

/** Whether labels are those of an object that the operator made. */
export function isLabelledOurs(labels: Readonly<Record<string, string>> = {}): boolean {
  return Object.entries(MANAGED_BY).every(([name, value]) => labels[name] === value);
}

type Named = Pick<LogPipeline, 'name'>;

/** What pods are selected by; it can never change for an existing Deployment. */
export function selectorLabels({ name }: Named, component: Component): Record<string, string> {
  return {
    'app.kubernetes.io/name': 'penstock',
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/component': component,
  };
}

export function labelsOf(pipeline: Named, component?: Component): Record<string, string> {
  return {
    'app.kubernetes.io/name': 'penstock',
    'app.kubernetes.io/instance': pipeline.name,
    ...(component !== undefined && { 'app.kubernetes.io/component': component }),
    ...MANAGED_BY,
    [PIPELINE_LABEL]: pipeline.name,
  };
}

export function childName({ name }: Named, part: string): string {
  return `${name}-${part}`;
}

export interface Draft {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly component?: Component;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Everything but apiVersion, kind and metadata. */
  readonly body: Readonly<Record<string, unknown>>;
  /** False: it outlives the pipeline. */
  readonly owned?: boolean;
}

type Owner = Pick<LogPipeline, 'name' | 'namespace' | 'uid'>;

/** A complete manifest of a child: labels, owner, and the hash by which an unchanged one is recognised. */
export function child(pipeline: Owner, draft: Draft): Manifest {
  const { apiVersion, kind, name, component, body, owned = true } = draft;
  const manifest: Manifest = {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace: pipeline.namespace,
      labels: { ...labelsOf(pipeline, component), ...draft.labels },
      ...(draft.annotations !== undefined && { annotations: draft.annotations }),
      ...(owned && { ownerReferences: [ownerReference(pipeline)] }),
    },
    ...body,
  };
  const annotations = { ...draft.annotations, [HASH_ANNOTATION]: fingerprint(manifest) };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

export function ownerReference({ name, uid }: Pick<LogPipeline, 'name' | 'uid'>) {
  return {
    apiVersion: API_VERSION,
    kind: KIND,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}
