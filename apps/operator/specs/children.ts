import type { Manifest } from '../runtime/kube-object.ts';
import { disruptionBudgets, podAutoscalers } from './availability.ts';
import { backendSets } from './backends/bundled.ts';
import type { SpecContext } from './context.ts';
import { scaledObject } from './keda.ts';
import { child, childName } from './labels.ts';
import { serviceMonitor } from './monitoring.ts';
import { networkPolicies } from './network-policies.ts';
import {
  gatewayWorkload,
  ingestWorkload,
  keeperWorkload,
  migrationJob,
  writerWorkload,
} from './processes.ts';
import { routes } from './routes.ts';
import { services } from './services.ts';
import { settingsOfPods } from './settings.ts';

/** All objects of a pipeline. */
export interface Children {
  /** What does not depend on the version of the schema of Postgres. */
  readonly base: readonly Manifest[];
  /** Brings the schema up to date before the others get a new image. */
  readonly migration: Manifest;
  readonly writer: Manifest;
  readonly keeper: Manifest;
  /** What publishes into the queue: ingest, and the gateway what it replays. */
  readonly publishers: readonly Manifest[];
}

/** A pure function: the same pipeline gives the same manifests, to the byte. */
export function childrenOf(context: SpecContext): Children {
  const { pipeline } = context;
  return {
    base: [
      child(pipeline, {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        name: pipeline.name,
        body: { automountServiceAccountToken: false },
      }),
      child(pipeline, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name: childName(pipeline, 'config'),
        body: { data: settingsOfPods(context) },
      }),
      ...services(context),
      ...networkPolicies(context),
      ...backendSets(context),
      ...disruptionBudgets(context),
      ...podAutoscalers(context),
      ...routes(context),
      ...serviceMonitor(context),
      ...scaledObject(context),
    ],
    migration: migrationJob(context),
    writer: writerWorkload(context),
    keeper: keeperWorkload(context),
    publishers: [ingestWorkload(context), gatewayWorkload(context)],
  };
}
