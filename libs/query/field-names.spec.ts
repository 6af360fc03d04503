import { describe, expect, it } from '@jest/globals';
import { ACCEPTED_NAMES, fieldOfName, INPUT_FIELDS } from '#event';
import { canonicalFieldName, FIELD_NAMES, fieldPath } from './field-names.ts';

const SENT = INPUT_FIELDS.filter((field) => field !== 'metadata');

describe('field names', () => {
  it.each(SENT.flatMap((field) => ACCEPTED_NAMES[field].map((name) => [name, field])))(
    'find under %s what was sent under it',
    (name, field) => {
      expect(canonicalFieldName(name)).toBe(field);
    },
  );

  it('are those of intake and of the derived fields', () => {
    const derived = FIELD_NAMES.filter((name) => fieldOfName(name) === undefined);
    expect(derived).toEqual(['levelText', 'parentResourceId']);
    expect(FIELD_NAMES).toHaveLength(SENT.length + derived.length);
  });

  it.each(['level_text', 'parent_resource_id', 'resourceid', 'id'])(
    'leave %s to the metadata, where intake keeps it',
    (name) => {
      expect(fieldOfName(name)).toBeUndefined();
      expect(fieldPath(name)).toEqual({ kind: 'metadata', path: [name] });
    },
  );
});
