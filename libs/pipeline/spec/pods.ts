import {
  choice,
  filled,
  integer,
  list,
  map,
  object,
  optional,
  text,
  type TextForm,
} from '../schema/field.ts';
import { name } from './common.ts';

const shortText = (description: string) => text(description, { maxLength: 317, minLength: 0 });

const LABEL_VALUE: TextForm = {
  pattern: '^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$',
  words: 'the value of a label, at most 63 of A-Z, a-z, 0-9, -, _ and .',
};
const labelValue = text('Value.', { form: LABEL_VALUE, maxLength: 63, minLength: 0 });

/** What all pods of a pipeline have in common. */
export const pods = filled(
  object('What all pods of the pipeline have in common.', {
    nodeSelector: optional(map('Labels of the nodes that may run them.', labelValue)),
    tolerations: optional(
      list(
        'Taints of nodes that they tolerate.',
        object('One toleration.', {
          key: optional(shortText('Key of the taint.')),
          operator: optional(choice('How value compares.', ['Exists', 'Equal'])),
          value: optional(shortText('Value of the taint.')),
          effect: optional(
            choice('Effect of the taint.', ['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
          ),
          tolerationSeconds: optional(
            integer('How long NoExecute is tolerated.', { minimum: 0, maximum: 2 ** 31 - 1 }),
          ),
        }),
        { maxItems: 32 },
      ),
    ),
    priorityClassName: optional(name('PriorityClass of the pods.')),
    labels: optional(map('Further labels.', labelValue)),
    annotations: optional(
      map('Further annotations.', text('Value.', { minLength: 0, maxLength: 4_096 })),
    ),
  }),
);
