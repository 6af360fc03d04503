import { describe, expect, it } from '@jest/globals';
import { LEADER_RULES, RBAC_RULES } from './rbac.ts';
import { CORE_CHILDREN, OPTIONAL_CHILDREN, PIPELINES } from './runtime/kinds.ts';

const verbsOf = (apiVersion: string, resource: string): readonly string[] => {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  return RBAC_RULES.filter(
    ({ apiGroups, resources }) => apiGroups.includes(group) && resources.includes(resource),
  ).flatMap(({ verbs }) => verbs);
};

describe('the rights of the operator', () => {
  it.each([...CORE_CHILDREN, ...OPTIONAL_CHILDREN])('are enough for $plural', (kind) => {
    expect(verbsOf(kind.apiVersion, kind.plural)).toEqual(
      expect.arrayContaining(['list', 'watch', 'create', 'patch', 'delete']),
    );
  });

  it('let it read pipelines and write only their status', () => {
    expect(verbsOf(PIPELINES.apiVersion, PIPELINES.plural)).toEqual(['get', 'list', 'watch']);
    expect(verbsOf(PIPELINES.apiVersion, 'logpipelines/status')).toEqual(['patch']);
  });

  it('never let it list Secrets, nor delete them or volumes', () => {
    expect(verbsOf('v1', 'secrets')).toEqual(['get', 'create', 'patch']);
    expect(verbsOf('v1', 'persistentvolumeclaims')).toEqual(['get']);
  });

  it('have no wildcard', () => {
    expect(JSON.stringify([RBAC_RULES, LEADER_RULES])).not.toContain('*');
  });
});
