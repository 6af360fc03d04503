import type { LogPipelineSpec } from '#pipeline';

/** Connections that the pools of a process may open (libs/store), and one in reserve for its migrations. */
const PER_POD = { ingest: 3, gateway: 14, keeper: 8, writer: 9 } as const;
/** Left to people and to Postgres itself. */
const RESERVE = 5;

/** Writers for whom Postgres has connections beside the other pods of the pipeline; at least one. */
export function writersByConnections(spec: LogPipelineSpec, connections: number | null): number {
  if (connections === null) return Infinity;
  const ingest = spec.ingest.autoscaling?.maxReplicas ?? spec.ingest.replicas;
  const gateway = spec.gateway.autoscaling?.maxReplicas ?? spec.gateway.replicas;
  const others = ingest * PER_POD.ingest + gateway * PER_POD.gateway + PER_POD.keeper + RESERVE;
  return Math.max(1, Math.floor((connections - others) / PER_POD.writer));
}
