import { describe, expect, it } from '@jest/globals';
import { buildPipeline } from '../testing/build-pipeline.ts';
import { aspect, conditionsOf, isReady, summary } from './conditions.ts';
import { writersByConnections } from './connection-budget.ts';
import { scalingAspects } from './scaling-aspects.ts';
import { twoDigits } from './writer-scaler.ts';

const FINE = (
  [
    'Reconciled',
    'StoreReachable',
    'QueueReachable',
    'IngestAvailable',
    'WritersAvailable',
    'GatewayAvailable',
  ] as const
).map((type) => aspect(type, true, 'Fine', 'fine'));

describe('the condition Ready', () => {
  it('holds when all that is needed holds, and says so of an evaluation', () => {
    expect(summary(FINE, false)).toMatchObject({ status: 'True', reason: 'Available' });
    expect(summary(FINE, true).message).toContain('for evaluation');
  });

  it('has the reason of the first thing that is missing', () => {
    const missing = aspect('QueueReachable', false, 'MissingSecret', 'there is no Secret broker');
    const aspects = FINE.map((each) => (each.type === missing.type ? missing : each));
    expect(summary(aspects, false)).toEqual({
      type: 'Ready',
      status: 'False',
      reason: 'MissingSecret',
      message: 'QueueReachable: there is no Secret broker',
    });
  });

  it('does not depend on the index: searches are complete without it', () => {
    const away = aspect('IndexReachable', false, 'Unreachable', 'away');
    expect(summary([...FINE, away], false).status).toBe('True');
  });
});

describe('conditions of the status', () => {
  const early = new Date('2026-01-01T00:00:00.123Z');
  const late = new Date('2026-01-01T01:00:00Z');

  it('keep their time while their status stays, whatever the reason', () => {
    const before = conditionsOf([aspect('Ready', false, 'Starting', 'a')], [], 1, early);
    const after = conditionsOf([aspect('Ready', false, 'Other', 'b')], before, 2, late);
    expect(after[0]).toMatchObject({
      reason: 'Other',
      observedGeneration: 2,
      lastTransitionTime: '2026-01-01T00:00:00Z',
    });
    const turned = conditionsOf([aspect('Ready', true, 'Fine', 'c')], after, 2, late);
    expect(turned[0]?.lastTransitionTime).toBe('2026-01-01T01:00:00Z');
  });
});

describe('what is said of scaling', () => {
  const view = { decision: null, failure: null, backlog: null, lastScaledAt: null };
  const WRITERS = { kind: 'writers', host: 'shop-writer-metrics', port: 9_090 };
  const STEADY = { ...view, decision: { reason: 'Steady' } };
  const said = (spec: Parameters<typeof buildPipeline>[0], more: object = {}) => {
    const { writer } = buildPipeline(spec).spec;
    return scalingAspects({
      scaling: writer.scaling,
      replicas: writer.replicas,
      view,
      source: { kind: 'broker', url: 'http://mq:15692', authorization: null, prefix: 'penstock' },
      apiGroups: new Set(),
      ...more,
    });
  };

  it.each([
    ['None', {}, 'EngineNone'],
    ['KEDA', {}, 'KedaMissing'],
    ['KEDA', { apiGroups: new Set(['keda.sh']) }, 'KEDA'],
    ['Builtin', { source: WRITERS }, 'Starting'],
    ['Builtin', { source: WRITERS, view: STEADY }, 'MetricsLimited'],
    ['Builtin', { view: STEADY }, 'Steady'],
    ['Builtin', { source: { reason: 'MissingSecret', message: '' } }, 'MissingSecret'],
    ['Builtin', { view: { ...view, failure: 'refused' } }, 'MetricsUnavailable'],
    ['Builtin', {}, 'Starting'],
  ] as const)('by %s (%#)', (engine, more, reason) => {
    expect(said({ writer: { scaling: { engine } } }, more)[0]?.reason).toBe(reason);
  });

  it('a number that people set is ignored, and that is said', () => {
    const ignored = said({ writer: { replicas: 4 } }).find(
      ({ type }) => type === 'ManualScaleIgnored',
    );
    expect(ignored).toMatchObject({ status: 'True', reason: 'EngineDecides' });
  });
});

describe('bounds and figures', () => {
  it('writers are bounded by the connections that others leave', () => {
    const { spec } = buildPipeline();
    expect(writersByConnections(spec, 200)).toBe(18);
    expect(writersByConnections(spec, 20)).toBe(1);
    expect(writersByConnections(spec, null)).toBe(Infinity);
  });

  it.each([
    [0, 0],
    [9, 0],
    [47, 47],
    [1_234, 1_200],
    [98_765, 99_000],
  ])('a backlog of %d is told as %d', (count, shown) => {
    expect(twoDigits(count)).toBe(shown);
  });
});

describe('a pipeline that is stored', () => {
  const stored = (...conditions: readonly object[]) => ({
    metadata: { name: 'shop' },
    status: { conditions },
  });

  it('is ready by the condition Ready alone', () => {
    const of = (type: string, status: string) => ({ type, status });
    expect(isReady(stored(of('Reconciled', 'False'), of('Ready', 'True')))).toBe(true);
    expect(isReady(stored(of('Reconciled', 'True'), of('Ready', 'False')))).toBe(false);
    expect(isReady(stored())).toBe(false);
    expect(isReady({ metadata: { name: 'new' } })).toBe(false);
    expect(isReady(undefined)).toBe(false);
  });
});
