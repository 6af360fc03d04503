import type { Bind, Condition } from './condition.ts';

export function regexCondition(_pattern: string, _expression: string, _bind: Bind): Condition {
  return { sql: 'true', exact: false };
}
