import {
  filled,
  list,
  object,
  optional,
  text,
  withDefault,
  type TextForm,
} from '../schema/field.ts';
import { duration } from './common.ts';

const MATCH: TextForm = {
  pattern: '^(level:(trace|debug|info|warn|error|fatal)|service:[^;=]*[^;= ])$',
  words: 'level:<level> or service:<name>, as level:debug',
};

export const retention = filled(
  object('How long events are kept.', {
    default: optional(
      duration('How long events are kept that no rule matches, as 30d. Absent: for ever.'),
    ),
    rules: withDefault(
      list(
        'Rules of their own; the first that matches an event decides.',
        object('One rule.', {
          match: text('Events of one level or one service, as level:debug or service:auth.', {
            form: MATCH,
            maxLength: 256,
          }),
          keep: duration('How long they are kept, as 3d.'),
        }),
        { maxItems: 64 },
      ),
      [],
    ),
  }),
);
