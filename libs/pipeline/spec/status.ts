import { choice, integer, list, object, optional, text, type ValueOf } from '../schema/field.ts';

const count = (description: string) => integer(description, { minimum: 0, maximum: 2 ** 31 - 1 });
const revision = (description: string) =>
  integer(description, { minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

const condition = object('One aspect of the state.', {
  type: text('Which aspect.', { maxLength: 316 }),
  status: choice('Whether it holds.', ['True', 'False', 'Unknown']),
  reason: text('Why, in one word.', { maxLength: 1_024 }),
  message: text('Why, in words.', { minLength: 0, maxLength: 32_768 }),
  observedGeneration: optional(revision('Generation of the resource that this is about.')),
  lastTransitionTime: {
    ...text('Since when status is so.'),
    schema: { type: 'string', format: 'date-time', description: 'Since when status is so.' },
  },
});

/** The status of a LogPipeline; figures that change from second to second are in the metrics instead. */
export const STATUS = object('How the pipeline is.', {
  observedGeneration: optional(revision('Generation of the resource that was last acted upon.')),
  conditions: optional(
    list(
      'Ready sums up IngestAvailable, WritersAvailable, GatewayAvailable, QueueReachable and StoreReachable. Further ones: IndexReachable, ArchiveReachable, ScalingActive, ScalingLimited, ManualScaleIgnored.',
      condition,
      { maxItems: 32, key: 'type' },
    ),
  ),
  writer: optional(
    object('The writers.', {
      replicas: count('Pods there are.'),
      readyReplicas: count('Pods that are ready.'),
      desiredReplicas: count('Pods that there are to be.'),
      selector: text('Labels of the pods, for autoscalers.'),
      lastScaleTime: optional({
        ...text('When the operator last changed their number.'),
        schema: {
          type: 'string',
          format: 'date-time',
          description: 'When the operator last changed their number.',
        },
      }),
    }),
  ),
  backlog: optional(
    integer('Batches that wait in the queue, in two significant digits.', {
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
    }),
  ),
  image: optional(text('Image that the pods run.')),
  migration: optional(text('Job that brought the schema of Postgres up to date for this image.')),
});

export type LogPipelineStatus = ValueOf<typeof STATUS>;
export type Condition = NonNullable<LogPipelineStatus['conditions']>[number];
