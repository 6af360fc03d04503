import { describe, expect, it } from '@jest/globals';
import { covers } from './covers.ts';

const desired = {
  spec: {
    replicas: 2,
    containers: [{ name: 'writer', image: 'penstock:1', ports: [{ containerPort: 9090 }] }],
    drop: ['ALL'],
  },
};

const observed = (change: (object: { spec: Record<string, unknown> }) => void): unknown => {
  const object = structuredClone(desired) as unknown as { spec: Record<string, unknown> };
  change(object);
  return object;
};

describe('an observed object covers the desired one', () => {
  it('when the API server added defaults, and others added items', () => {
    const filled = observed(({ spec }) => {
      spec['progressDeadlineSeconds'] = 600;
      spec['containers'] = [
        { name: 'sidecar' },
        {
          name: 'writer',
          image: 'penstock:1',
          terminationMessagePath: '/dev/null',
          ports: [{ containerPort: 9090, protocol: 'TCP' }],
        },
      ];
    });
    expect(covers(desired, filled)).toBe(true);
  });

  it.each([
    ['a value is another', (spec: Record<string, unknown>) => (spec['replicas'] = 3)],
    ['a member is missing', (spec: Record<string, unknown>) => delete spec['replicas']],
    ['an item is missing', (spec: Record<string, unknown>) => (spec['containers'] = [])],
    ['a plain list is longer', (spec: Record<string, unknown>) => (spec['drop'] = ['ALL', 'X'])],
  ])('but not when %s', (_what, change) => {
    expect(
      covers(
        desired,
        observed(({ spec }) => void change(spec)),
      ),
    ).toBe(false);
  });

  it('whatever is undefined in the desired one', () => {
    expect(covers({ a: 1, b: undefined }, { a: 1 })).toBe(true);
  });
});
