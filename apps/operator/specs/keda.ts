import type { LogPipelineSpec } from '#pipeline';
import type { Manifest } from '../runtime/kube-object.ts';
import { SCALED_OBJECTS, TRIGGER_AUTHENTICATIONS } from '../runtime/kinds.ts';
import type { SpecContext } from './context.ts';
import { child, childName } from './labels.ts';

export const KEDA_API = 'keda.sh';
/** Events of a batch where nothing else is known: one of 256 KiB. */
export const EVENTS_PER_BATCH = 1_000;
const POLLING_SECONDS = 15;

/** The queues that pods use. */
export function queueNames({ prefix, shards }: LogPipelineSpec['queue']): readonly string[] {
  return Array.from({ length: shards }, (_, shard) => `${prefix}.batches.${shard}`);
}

/** KEDA scales the writers by the length of their queues, where it is chosen and installed. */
export function scaledObject({
  pipeline,
  apiGroups,
  connections,
}: SpecContext): readonly Manifest[] {
  const { scaling } = pipeline.spec.writer;
  if (scaling.engine !== 'KEDA' || !apiGroups.has(KEDA_API)) return [];
  const name = childName(pipeline, 'writer');
  const { secret, key } = connections.rabbitmq;
  // As many batches as a writer stores in the time in which a backlog is to be drained.
  const batches = Math.max(
    1,
    Math.round((scaling.eventsPerSecondPerReplica * scaling.targetDrainSeconds) / EVENTS_PER_BATCH),
  );
  const authentication = child(pipeline, {
    apiVersion: TRIGGER_AUTHENTICATIONS.apiVersion,
    kind: TRIGGER_AUTHENTICATIONS.kind,
    name,
    component: 'writer',
    body: { spec: { secretTargetRef: [{ parameter: 'host', name: secret, key }] } },
  });
  const scaled = child(pipeline, {
    apiVersion: SCALED_OBJECTS.apiVersion,
    kind: SCALED_OBJECTS.kind,
    name,
    component: 'writer',
    body: {
      spec: {
        scaleTargetRef: { name },
        minReplicaCount: scaling.minReplicas,
        maxReplicaCount: scaling.maxReplicas,
        pollingInterval: POLLING_SECONDS,
        advanced: {
          horizontalPodAutoscalerConfig: {
            behavior: {
              scaleDown: {
                stabilizationWindowSeconds: Math.min(3_600, scaling.scaleDownStabilizationSeconds),
              },
            },
          },
        },
        triggers: queueNames(pipeline.spec.queue).map((queueName) => ({
          type: 'rabbitmq',
          metadata: { protocol: 'amqp', queueName, mode: 'QueueLength', value: String(batches) },
          authenticationRef: { name },
        })),
      },
    },
  });
  return [authentication, scaled];
}
