import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LogPipelineStatus, WrittenSpec } from '#pipeline';
import { Telemetry } from '#telemetry';
import { until } from '../../../libs/store/testing/waiting.ts';
import { ApiError } from '../runtime/api-error.ts';
import type { WorkOutcome } from '../runtime/work-queue.ts';
import type { KubeObject } from '../runtime/kube-object.ts';
import { ObjectsApi, secretAt } from '../testing/objects-api.ts';
import { ChildApplier } from './apply-children.ts';
import { ClusterView } from './cluster-view.ts';
import { EventRecorder } from './event-recorder.ts';
import { reconcilePipeline, type ReconcilerParts } from './reconcile-pipeline.ts';
import { SharedNames } from './shared-names.ts';
import { WriterScaler } from './writer-scaler.ts';

const KEY = 'logs/shop';
const PIPELINE = '/apis/penstock.dev/v1alpha1/namespaces/logs/logpipelines/shop';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/logs/deployments';
const JOBS = '/apis/batch/v1/namespaces/logs/jobs/';
const EVENTS = 'POST /apis/events.k8s.io/v1/namespaces/logs/events';

const OUTSIDE: WrittenSpec = {
  postgres: { uriSecretRef: { name: 'db' } },
  rabbitmq: { uriSecretRef: { name: 'broker' } },
  meilisearch: { enabled: false },
};
const DB = secretAt('db', { uri: 'postgres://u:p@db.example/logs' });
const BROKER = secretAt('broker', { uri: 'amqp://u:p@broker.example' });

let ending: AbortController;
let api: ObjectsApi;
let view: ClusterView;
let parts: ReconcilerParts;

beforeEach(async () => {
  ending = new AbortController();
  api = new ObjectsApi({ ...DB, ...BROKER });
  view = new ClusterView({
    api,
    namespace: 'logs',
    onChange: () => undefined,
    onFailure: (_kind, error) => {
      throw error;
    },
    signal: ending.signal,
  });
  await view.start();
  const telemetry = new Telemetry(() => undefined);
  parts = {
    api,
    view,
    applier: new ChildApplier(api, view),
    events: new EventRecorder(api, 'test', (error) => {
      throw error;
    }),
    scaler: new WriterScaler({ telemetry, countsOf: () => null, onChange: () => undefined }),
    names: new SharedNames(view),
    apiGroups: () => new Set(),
    dial: () => Promise.resolve(null),
    defaultImage: 'penstock:1',
    now: () => new Date('2026-01-01T00:00:00Z'),
  };
});
afterEach(() => {
  ending.abort();
});

/** Writes the resource as people do, and waits until the operator has heard of it. */
async function apply(spec: object, metadata: object = {}): Promise<void> {
  const before = api.at(PIPELINE);
  const written = api.put(PIPELINE, {
    ...before,
    spec,
    metadata: { name: 'shop', namespace: 'logs', generation: 1, ...metadata },
  });
  await heard(written);
}

async function heard(stored: object): Promise<void> {
  const { metadata } = stored as { readonly metadata: { readonly resourceVersion: string } };
  await until(() => view.pipeline(KEY)?.metadata.resourceVersion === metadata.resourceVersion);
}

/** One look at the pipeline, whose status is known by the next. */
async function reconcile(more: Partial<ReconcilerParts> = {}): Promise<WorkOutcome> {
  const outcome = await reconcilePipeline(KEY, { ...parts, ...more });
  const stored = api.at(PIPELINE);
  if (stored !== undefined) await heard(stored);
  return outcome;
}

const status = () => (api.at(PIPELINE)?.['status'] ?? {}) as LogPipelineStatus;
const condition = (type: string) => status().conditions?.find((each) => each.type === type);
const imageOf = (name: string) =>
  /"image":"([^"]+)"/.exec(JSON.stringify(api.at(`${DEPLOYMENTS}/${name}`)))?.[1];
const jobs = () => api.writes.filter((write) => write.startsWith(`PATCH ${JOBS}`));

/** What the controllers of the cluster make of a Job. */
async function completeJob(): Promise<void> {
  const path = jobs().at(-1)?.replace('PATCH ', '') ?? '';
  const done = { conditions: [{ type: 'Complete', status: 'True' }] };
  api.put(path, { ...api.at(path), status: done });
  const name = path.replace(JOBS, '');
  await until(() => view.child(KEY, 'Job', name)?.['status'] !== undefined);
}

const PARTS = ['writer', 'keeper', 'ingest', 'gateway'] as const;
const ROLLED = { replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
const STUCK = [{ type: 'Progressing', status: 'False', message: 'no room for the pod' }];

/** What the controller of Deployments says of the writers; the second generation has the new image. */
async function tellWriters(told: object): Promise<void> {
  const path = `${DEPLOYMENTS}/shop-writer`;
  const { metadata, ...writers } = api.at(path) as unknown as KubeObject;
  const put = api.put(path, { ...writers, metadata: { ...metadata, generation: 2 }, status: told });
  const { resourceVersion } = (put as unknown as KubeObject).metadata;
  await until(
    () =>
      view.child(KEY, 'Deployment', 'shop-writer')?.metadata.resourceVersion === resourceVersion,
  );
}

describe('a reconciliation', () => {
  it('makes all of a pipeline, says so, and writes nothing the next time', async () => {
    await apply(OUTSIDE);
    expect(await reconcile()).toEqual({ kind: 'again', afterMs: 45_000 });
    for (const name of ['shop-ingest', 'shop-writer', 'shop-gateway', 'shop-keeper'])
      expect(imageOf(name)).toBe('penstock:1');
    expect(condition('Reconciled')).toMatchObject({ status: 'True', reason: 'Applied' });
    expect(condition('Ready')).toMatchObject({ status: 'False', observedGeneration: 1 });
    expect(status().image).toBe('penstock:1');

    const before = api.writes.length;
    await reconcile();
    await reconcile();
    expect(api.writes.slice(before)).toEqual([]);
  });

  it('tells an event when the sum of the status changes, and then no more', async () => {
    await apply(OUTSIDE);
    await reconcile();
    await reconcile();
    expect(api.writes.filter((write) => write === EVENTS)).toHaveLength(1);
  });

  it('removes what the pipeline does not consist of any more', async () => {
    const path = '/apis/autoscaling/v2/namespaces/logs/horizontalpodautoscalers/shop-ingest';
    await apply({ ...OUTSIDE, ingest: { autoscaling: {} } });
    await reconcile();
    expect(api.at(path)).toBeDefined();
    await apply(OUTSIDE, { generation: 2 });
    await reconcile();
    expect(api.at(path)).toBeUndefined();
    expect(api.writes.filter((write) => write.startsWith('DELETE'))).toEqual([`DELETE ${path}`]);
  });

  it('brings the schema up to date before pods that run get another image', async () => {
    await apply(OUTSIDE);
    await reconcile();
    await completeJob();
    await reconcile();
    const migrated = status().migration;
    expect(migrated).toMatch(/^shop-migrate-/);

    await apply({ ...OUTSIDE, image: 'penstock:2' }, { generation: 2 });
    expect(await reconcile()).toEqual({ kind: 'again', afterMs: 10_000 });
    expect(jobs()).toHaveLength(2);
    expect(condition('Reconciled')).toMatchObject({ status: 'False', reason: 'Migrating' });
    expect(imageOf('shop-writer')).toBe('penstock:1');
    expect(status().migration).toBe(migrated);

    await completeJob();
    await reconcile();
    expect(imageOf('shop-writer')).toBe('penstock:2');
    expect(status().migration).not.toBe(migrated);
  });

  it('gives the new image to what publishes only once no writer has another', async () => {
    await apply(OUTSIDE);
    await reconcile();
    await apply({ ...OUTSIDE, image: 'penstock:2' }, { generation: 2 });
    await reconcile();
    await completeJob();
    const images = () => PARTS.map((part) => imageOf(`shop-${part}`));
    const [before, after] = ['penstock:1', 'penstock:2'];

    const rolling = [
      [{}, '0 of 1 have it'],
      [{ observedGeneration: 1, ...ROLLED }, 'none has it yet'],
      [{ ...ROLLED, replicas: 2 }, '1 of 1 have it, 1 still have another, 1 are available'],
      [{ ...ROLLED, updatedReplicas: 0 }, '0 of 1 have it, 1 still have another'],
      [{ ...ROLLED, availableReplicas: 0 }, '1 of 1 have it, 0 still have another, 0 are'],
      [{ ...ROLLED, availableReplicas: 0, conditions: STUCK }, 'no room for the pod'],
    ] as const;
    for (const [told, words] of rolling) {
      await tellWriters({ observedGeneration: 2, ...told });
      await reconcile();
      expect(images()).toEqual([after, after, before, before]);
      expect(condition('Reconciled')).toMatchObject({
        status: 'False',
        reason: 'WritersRolling',
        message: expect.stringContaining(words) as unknown,
      });
    }
    await tellWriters({ observedGeneration: 2, ...ROLLED });
    await reconcile();
    expect(images()).toEqual([after, after, after, after]);
    expect(condition('Reconciled')).toMatchObject({ status: 'True' });
  });

  it('does nothing for one that is gone or goes', async () => {
    expect(await reconcile()).toEqual({ kind: 'done' });
    await apply(OUTSIDE, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(await reconcile()).toEqual({ kind: 'done' });
    expect(api.writes).toEqual([]);
  });

  it('changes nothing but the status of one that is paused', async () => {
    await apply({ ...OUTSIDE, paused: true });
    await reconcile();
    expect(api.writes).toEqual([`PATCH ${PIPELINE}/status`, EVENTS]);
    expect(condition('Reconciled')).toMatchObject({ status: 'True', reason: 'Paused' });
  });
});

describe('what keeps a pipeline from being made', () => {
  it('is said, and not tried again, where only its resource can mend it', async () => {
    await apply({ ...OUTSIDE, queue: { shards: 0 } });
    expect(await reconcile()).toEqual({ kind: 'done' });
    expect(condition('Ready')).toMatchObject({
      reason: 'InvalidSpec',
      message: 'Reconciled: spec.queue.shards must be a whole number from 1 to 64',
    });
    await apply(OUTSIDE, { generation: 2 });
    expect(await reconcile({ defaultImage: null })).toEqual({ kind: 'done' });
    expect(condition('Ready')).toMatchObject({ reason: 'MissingImage' });
    expect(api.at(`${DEPLOYMENTS}/shop-writer`)).toBeUndefined();
  });

  it('is a setting that a process would refuse, before its pods get it', async () => {
    await apply(OUTSIDE);
    await reconcile();
    const before = api.at(`${DEPLOYMENTS}/shop-gateway`);
    await apply({ ...OUTSIDE, gateway: { trustedProxies: ['10.0.0.0/99'] } }, { generation: 2 });
    await reconcile();
    expect(condition('Ready')).toMatchObject({
      reason: 'InvalidSpec',
      message: expect.stringMatching(
        /^Reconciled: gateway would not start: TRUSTED_PROXIES: .*10\.0\.0\.0\/99/,
      ) as unknown,
    });
    expect(api.at(`${DEPLOYMENTS}/shop-gateway`)).toEqual(before);
  });

  it.each([
    ['backend', { ...OUTSIDE, postgres: { uriSecretRef: { name: 'later' } } }],
    ['certificate', { ...OUTSIDE, ingest: { tls: { secretRef: { name: 'later' } } } }],
  ] as const)('is a missing Secret of a %s, which is looked for soon', async (_what, spec) => {
    await apply(spec);
    expect(await reconcile()).toEqual({ kind: 'again', afterMs: 10_000 });
    for (const type of ['Ready', 'Reconciled'])
      expect(condition(type)).toMatchObject({
        status: 'False',
        reason: 'MissingSecret',
        message: expect.stringContaining('the Secret later, which does not exist') as unknown,
      });
    expect(api.at(`${DEPLOYMENTS}/shop-writer`)).toBeUndefined();
  });

  it('is a right that the operator lacks, by the words of the API server', async () => {
    api.refusal = ({ path }) =>
      path.includes('/poddisruptionbudgets/')
        ? new ApiError(403, 'Forbidden', 'cannot patch resource "poddisruptionbudgets"')
        : null;
    await apply(OUTSIDE);
    expect(await reconcile()).toEqual({ kind: 'again', afterMs: 10_000 });
    expect(condition('Ready')).toMatchObject({
      reason: 'MissingPermission',
      message: 'Reconciled: cannot patch resource "poddisruptionbudgets"',
    });
    api.refusal = () => null;
    await reconcile();
    expect(condition('Reconciled')).toMatchObject({ status: 'True' });
  });

  it('is an object that somebody else made under a name of ours, which is left alone', async () => {
    const path = '/api/v1/namespaces/logs/serviceaccounts/shop';
    const theirs = api.put(path, { metadata: { name: 'shop', namespace: 'logs' } });
    await apply(OUTSIDE);
    expect(await reconcile()).toEqual({ kind: 'again', afterMs: 10_000 });
    expect(condition('Ready')).toMatchObject({
      reason: 'NameTaken',
      message: expect.stringContaining('ServiceAccount shop') as unknown,
    });
    expect(api.at(path)).toEqual(theirs);
  });

  it('is an object that the API server refuses, tried again after two minutes', async () => {
    api.refusal = ({ path }) =>
      path.includes('/services/') ? new ApiError(422, 'Invalid', 'spec.type: Unsupported') : null;
    await apply(OUTSIDE);
    expect(await reconcile()).toEqual({ kind: 'again', afterMs: 120_000 });
    expect(condition('Reconciled')).toMatchObject({ status: 'False', reason: 'Refused' });
  });

  it('is the API server, which is asked again with growing waits', async () => {
    api.refusal = () => new ApiError(503, 'ServiceUnavailable', 'etcd is away');
    await apply(OUTSIDE);
    await expect(reconcilePipeline(KEY, parts)).rejects.toThrow('etcd is away');
  });
});
