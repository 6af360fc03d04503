import { LEVELS } from '#event';
import { duration, type SettingType } from './setting-type.ts';

/** How long events of one level or one service are kept. */
export interface RetentionRule {
  readonly field: 'level' | 'service';
  readonly value: string;
  readonly keepMs: number;
}

const EXAMPLE = '`level:debug=3d; service:auth=90d`';

/** Rules separated by semicolons; the first that matches an event decides. */
export const retentionRules: SettingType<readonly RetentionRule[]> = {
  label: `rules, as ${EXAMPLE}`,
  parse(text) {
    const rules: RetentionRule[] = [];
    for (const part of text.split(';')) {
      const rule = part.trim();
      if (rule === '') continue;
      const read = parseRule(rule);
      if (typeof read === 'string') return { ok: false, reason: read };
      rules.push(read);
    }
    return { ok: true, value: rules };
  },
  format: (rules) =>
    rules
      .map(({ field, value, keepMs }) => `${field}:${value}=${duration.format(keepMs)}`)
      .join('; '),
};

function parseRule(rule: string): RetentionRule | string {
  const [, field, value = '', keep = ''] = /^(level|service):(.+)=(.+)$/.exec(rule) ?? [];
  if (field !== 'level' && field !== 'service')
    return `has a rule "${rule}" that is not like level:debug=3d or service:auth=90d`;
  if (field === 'level' && !LEVELS.some((level) => level === value.trim()))
    return `has a rule "${rule}" whose level is not one of ${LEVELS.join(', ')}`;
  const time = duration.parse(keep.trim());
  if (!time.ok) return `has a rule "${rule}" whose time ${time.reason}`;
  return { field, value: value.trim(), keepMs: time.value };
}
