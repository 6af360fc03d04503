import { beforeEach, describe, expect, it } from '@jest/globals';
import { ApiError } from '../runtime/api-error.ts';
import type { ApiCall, KubeApi } from '../runtime/kube-api.ts';
import type { KubeObject, Manifest } from '../runtime/kube-object.ts';
import { child } from '../specs/labels.ts';
import { buildPipeline } from '../testing/build-pipeline.ts';
import { ChildApplier } from './apply-children.ts';
import { ClusterView } from './cluster-view.ts';

const KEY = 'logs/shop';

/** Takes every apply as the API server does: with a version more where something changed. */
class ApplyingApi implements KubeApi {
  readonly calls: ApiCall[] = [];
  /** Fields that the API server writes in its own way. */
  normalise: (object: Manifest) => object = (object) => object;
  /** Somebody else owns a field. */
  hasConflict = false;
  private version = 0;

  /** What there is before; nothing by itself. */
  found: KubeObject | null = null;

  request(call: ApiCall): Promise<unknown> {
    if (call.method === 'GET')
      return this.found === null
        ? Promise.reject(new ApiError(404, 'NotFound', 'there is none'))
        : Promise.resolve(this.found);
    this.calls.push(call);
    if (call.method === 'DELETE') return Promise.reject(new ApiError(404, 'NotFound', 'gone'));
    if (this.hasConflict && call.path.includes('force=false'))
      return Promise.reject(new ApiError(409, 'Conflict', 'owned by somebody'));
    this.version += 1;
    const body = this.normalise(call.body as Manifest) as KubeObject;
    const metadata = { ...body.metadata, uid: 'uid', resourceVersion: String(this.version) };
    return Promise.resolve({ ...body, metadata });
  }

  lines(): AsyncIterable<string> {
    throw new Error('nothing is watched');
  }

  close(): void {
    this.calls.length = 0;
  }
}

const config = (data: Readonly<Record<string, string>>): Manifest =>
  child(buildPipeline(), {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: 'shop-config',
    body: { data },
  });

const deployment = (spec: object): Manifest =>
  child(buildPipeline(), {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'shop-writer',
    body: { spec },
  });

describe('applying a child', () => {
  let api: ApplyingApi;
  let view: ClusterView;
  let applier: ChildApplier;

  beforeEach(() => {
    api = new ApplyingApi();
    view = new ClusterView({
      api,
      namespace: 'logs',
      onChange: () => undefined,
      onFailure: () => undefined,
      signal: new AbortController().signal,
    });
    applier = new ChildApplier(api, view);
  });

  it('creates it once, and writes nothing while it is as it is to be', async () => {
    const desired = config({ a: '1' });
    expect(await applier.apply(KEY, desired)).toMatchObject({ kind: 'created' });
    expect(await applier.apply(KEY, desired)).toBeNull();
    expect(api.calls).toHaveLength(1);
  });

  it('writes a change of ours, and repairs one of somebody else', async () => {
    await applier.apply(KEY, config({ a: '1' }));
    expect(await applier.apply(KEY, config({ a: '2' }))).toMatchObject({ kind: 'changed' });
    const found = view.child(KEY, 'ConfigMap', 'shop-config') as KubeObject;
    view.remember({ ...found, data: { a: 'theirs' } });
    expect(await applier.apply(KEY, config({ a: '2' }))).toMatchObject({ kind: 'repaired' });
  });

  it.each([
    ['somebody else made', {}, 'taken'],
    [
      'is labelled as ours',
      { labels: { 'app.kubernetes.io/managed-by': 'penstock-operator' } },
      'created',
    ],
    ['lost its labels', { ownerReferences: [{ uid: 'uid-of-shop' }] }, 'created'],
    ['another pipeline owns', { ownerReferences: [{ uid: 'another' }] }, 'taken'],
  ])('sees of one that is not known that it %s', async (_what, metadata, kind) => {
    api.found = { metadata: { name: 'shop-config', ...metadata } };
    expect(await applier.apply(KEY, config({ a: '1' }))).toEqual({
      kind,
      object: 'ConfigMap shop-config',
    });
    expect(api.calls).toHaveLength(kind === 'taken' ? 0 : 1);
  });

  it('leaves what others added', async () => {
    await applier.apply(KEY, config({ a: '1' }));
    const found = view.child(KEY, 'ConfigMap', 'shop-config') as KubeObject;
    view.remember({ ...found, data: { a: '1', b: 'theirs' } });
    expect(await applier.apply(KEY, config({ a: '1' }))).toBeNull();
  });

  it('does not fight with the way in which the API server writes a value', async () => {
    api.normalise = (object) => ({ ...object, data: { cpu: '1' } });
    await applier.apply(KEY, config({ cpu: '1000m' }));
    expect(await applier.apply(KEY, config({ cpu: '1000m' }))).toBeNull();
    expect(api.calls).toHaveLength(1);
  });

  it('asks without force first, then insists', async () => {
    api.hasConflict = true;
    await applier.apply(KEY, config({ a: '1' }));
    expect(api.calls.map(({ path }) => path.includes('force=true'))).toEqual([false, true]);
  });

  it('hands a number of replicas over before it leaves it out', async () => {
    await applier.apply(KEY, deployment({ replicas: 4, paused: false }));
    await applier.apply(KEY, deployment({ paused: false }));
    const [, handover, change] = api.calls;
    expect(handover).toMatchObject({
      path: expect.stringContaining('fieldManager=penstock-handover'),
      body: { spec: { replicas: 4 } },
    });
    expect(change?.body).toMatchObject({ spec: { paused: false } });
  });

  it('deletes by uid, and does not mind what is gone', async () => {
    await applier.apply(KEY, config({ a: '1' }));
    await applier.remove(view.child(KEY, 'ConfigMap', 'shop-config') as KubeObject);
    expect(api.calls.at(-1)).toMatchObject({
      method: 'DELETE',
      body: { preconditions: { uid: 'uid' } },
    });
  });
});
