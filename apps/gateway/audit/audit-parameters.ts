import { AUDIT_ACTIONS, type AuditAction, type AuditSearch } from '#access';

import { accepted, refused, type Parameter, type Values } from '../parameters/parameter.ts';
import { checkRange, selection } from '../parameters/selection.ts';
import { text } from '../parameters/values.ts';

const action: Parameter<AuditAction | null> = {
  description: 'Only what was done so.',
  required: false,
  schema: { type: 'string', enum: [...AUDIT_ACTIONS] },
  read: (value) => {
    if (value === null) return accepted(null);
    const known = AUDIT_ACTIONS.find((one) => one === value);
    return known === undefined
      ? refused(`it must be one of ${AUDIT_ACTIONS.join(', ')}.`)
      : accepted(known);
  },
};

export const auditParameters = {
  q: text({
    maxLength: 500,
    description:
      'Words, each of which must be in an entry somewhere: in its actor, action, target, address, outcome or detail. Case does not matter.',
  }),
  from: selection.from,
  to: selection.to,
  actor: text({ maxLength: 256, description: 'Only by the user of this name.' }),
  action,
} as const;

/** Throws a 400 `Problem` for a range that ends before it begins. */
export function auditSearch(values: Values<typeof auditParameters>): AuditSearch {
  const { q, from, to, actor, action: done } = values;
  checkRange(from, to);
  return { text: q, from, to, actor, action: done };
}
