import { beforeEach, describe, expect, it } from '@jest/globals';
import type { WrittenSpec } from '#pipeline';
import { buildPipeline } from '../testing/build-pipeline.ts';
import { placeOf } from './backend-lookup.ts';
import type { ClusterView } from './cluster-view.ts';
import { SharedNames, type BackendPlaces } from './shared-names.ts';

const PLACES: BackendPlaces = {
  postgres: 'db:5432/logs',
  rabbitmq: 'broker:5672/',
  meilisearch: 'search:7700/',
};
const OTHER_STORE = { ...PLACES, postgres: 'db:5432/other' };

describe('names that pipelines share', () => {
  let made: Map<string, string>;
  let names: SharedNames;
  beforeEach(() => {
    made = new Map([
      ['a/shop', '2026-01-02T00:00:00Z'],
      ['b/shop', '2026-01-01T00:00:00Z'],
      ['c/shop', '2026-01-02T00:00:00Z'],
    ]);
    const pipeline = (key: string) => {
      const creationTimestamp = made.get(key);
      return creationTimestamp && { metadata: { creationTimestamp } };
    };
    names = new SharedNames({ pipeline } as unknown as ClusterView);
  });
  const claim = (key: string, places: BackendPlaces, spec: WrittenSpec = {}) =>
    names.claim(key, buildPipeline(spec), places);

  it('are those of the pipeline that was made first, in whatever order they are looked at', () => {
    expect(claim('a/shop', PLACES)).toBeNull();
    expect(claim('b/shop', OTHER_STORE)).toBeNull();
    expect(claim('a/shop', PLACES)).toMatchObject({
      reason: 'NameInUse',
      message: expect.stringMatching(
        /^the queues penstock .* pipeline b\/shop.*spec\.queue\.prefix/,
      ) as unknown,
    });
    expect(claim('c/shop', { ...PLACES, postgres: null })).toMatchObject({ reason: 'NameInUse' });
  });

  it('may be shared by pipelines with one store', () => {
    for (const key of made.keys()) expect(claim(key, PLACES)).toBeNull();
  });

  it('are different where prefix, virtual host or server are', () => {
    expect(claim('b/shop', PLACES)).toBeNull();
    const elsewhere = { ...OTHER_STORE, meilisearch: null };
    expect(claim('a/shop', elsewhere, { queue: { prefix: 'own' } })).toBeNull();
    expect(claim('a/shop', { ...elsewhere, rabbitmq: 'broker:5672/own' })).toBeNull();
    expect(claim('a/shop', { ...elsewhere, rabbitmq: null })).toBeNull();
  });

  it('are those of indexes too', () => {
    expect(claim('b/shop', PLACES)).toBeNull();
    const spec = { queue: { prefix: 'own' } };
    expect(claim('a/shop', OTHER_STORE, spec)?.message).toMatch(/^the indexes penstock /);
    const index = { index: { prefix: 'own' } };
    expect(claim('a/shop', OTHER_STORE, { ...spec, meilisearch: index })).toBeNull();
  });

  it('are free again once their pipeline is gone', () => {
    expect(claim('b/shop', PLACES)).toBeNull();
    made.delete('b/shop');
    expect(claim('a/shop', OTHER_STORE)).toBeNull();
  });
});

it.each([
  ['amqp://a:b@Broker.example', 'broker.example:5672/'],
  ['amqp://broker.example:5672/%2f', 'broker.example:5672/'],
  ['amqps://broker.example/shop', 'broker.example:5671/shop'],
  ['postgres://u:p@db/logs?sslmode=require', 'db:5432/logs'],
  ['nothing', null],
])('the place of %s is %s, whoever logs in', (uri, place) => {
  expect(placeOf(uri)).toBe(place);
});
