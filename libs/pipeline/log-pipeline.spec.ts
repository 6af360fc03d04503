import { describe, expect, it } from '@jest/globals';
import { readLogPipeline } from './log-pipeline.ts';
import type { Json } from './schema/json-schema.ts';
import type { WrittenSpec } from './spec/log-pipeline.ts';
import { WRONG_SPECS } from './testing/wrong-specs.ts';

const metadata = { name: 'shop', namespace: 'logs', uid: 'u', generation: 3, resourceVersion: '7' };

const specOf = (spec: WrittenSpec | undefined) => {
  const reading = readLogPipeline({ metadata, spec });
  if (reading.kind === 'invalid') throw new Error(reading.problems.join('; '));
  return reading.pipeline.spec;
};

const problemsOf = (spec: unknown): readonly string[] => {
  const reading = readLogPipeline({ metadata, spec });
  return reading.kind === 'invalid' ? reading.problems : [];
};

describe('a LogPipeline as the operator reads it', () => {
  it('is complete when nothing is written', () => {
    expect(specOf({})).toMatchObject({
      paused: false,
      deletionPolicy: 'Retain',
      imagePullPolicy: 'IfNotPresent',
      ingest: { replicas: 2, service: { type: 'ClusterIP' }, hosts: [] },
      writer: { replicas: 1, scaling: { engine: 'Builtin', minReplicas: 1, maxReplicas: 10 } },
      gateway: { replicas: 1 },
      postgres: {},
      meilisearch: { enabled: true },
      queue: { shards: 1, maxBytes: '8Gi' },
      store: { partition: 'Day' },
      retention: { rules: [] },
    });
  });

  it('is complete when an old object lacks the whole specification', () => {
    expect(specOf(undefined)).toEqual(specOf({}));
  });

  it('keeps what is written beside defaults, in lists too', () => {
    const spec = specOf({
      writer: { scaling: { maxReplicas: 3 } },
      postgres: { uriSecretRef: { name: 'db' } },
      pods: { tolerations: [{ key: 'logs', operator: 'Exists' }] },
    });
    expect(spec.writer.scaling).toMatchObject({ engine: 'Builtin', maxReplicas: 3 });
    expect(spec.postgres.uriSecretRef).toEqual({ name: 'db', key: 'uri' });
    expect(spec.pods.tolerations).toEqual([{ key: 'logs', operator: 'Exists' }]);
  });

  it('has no optional fields that nobody wrote', () => {
    expect(specOf({}).gateway).not.toHaveProperty('ingress');
    expect(specOf({}).postgres).not.toHaveProperty('bundled');
  });

  it('tells its place, its generation, and whether it is being deleted', () => {
    const deletionTimestamp = '2026-01-01T00:00:00Z';
    const reading = readLogPipeline({ metadata: { ...metadata, deletionTimestamp }, spec: {} });
    expect(reading.pipeline).toMatchObject({
      name: 'shop',
      namespace: 'logs',
      generation: 3,
      deleting: true,
      status: {},
    });
  });

  it.each(WRONG_SPECS)('is refused with $what', ({ spec, path, says }) => {
    const problems = problemsOf(spec);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(path);
    expect(problems[0]).toContain(says);
  });

  it('says all that is wrong at once', () => {
    expect(problemsOf({ image: 'a b', queue: { shards: 0 } })).toHaveLength(2);
  });

  it.each<Json>(['text', 3, true, [1], { ingest: 'x' }, { ingest: { hosts: 'x' } }])(
    'is refused, and harms nobody, when it is of another kind (%j)',
    (spec) => {
      expect(problemsOf(spec).length).toBeGreaterThan(0);
    },
  );
});
