import type { LogPipelineSpec } from '#pipeline';
import { LIMITING, type SizingReason } from '../scaling/load.ts';
import { KEDA_API } from '../specs/keda.ts';
import type { MetricsSource } from '../metrics/metrics-source.ts';
import { aspect, type Aspect } from './conditions.ts';
import { isMissing, type Missing } from './secret-values.ts';
import type { ScalingView } from './writer-scaler.ts';

const WORDS: Readonly<Record<SizingReason, string>> = {
  Steady: 'there are as many writers as the load needs',
  ScalingUp: 'the load needs more writers',
  ScalingDown: 'the load needs fewer writers',
  Stabilizing: 'fewer writers would be enough, and are made fewer once that lasts',
  WritersStarting: 'more writers are needed; the ones added last are not ready or not proven yet',
  AtMaximum: 'more writers are needed than spec.writer.scaling.maxReplicas allows',
  ConnectionLimit: 'more writers are needed than Postgres has connections for',
  DownstreamSaturated:
    'the writers that were added last did not raise the rate: Postgres is the limit, not the writers',
  MetricsStale: 'the length of the queue is not known, so the number of writers stays',
};

export interface ScalingFacts {
  readonly scaling: LogPipelineSpec['writer']['scaling'];
  /** spec.writer.replicas. */
  readonly replicas: number;
  readonly view: ScalingView;
  readonly source: MetricsSource | Missing;
  readonly apiGroups: ReadonlySet<string>;
}

/** Why there are as many writers as there are. */
export function scalingAspects(facts: ScalingFacts): readonly Aspect[] {
  return [scalingActive(facts), scalingLimited(facts), manualScaleIgnored(facts)];
}

const active = (status: boolean, reason: string, message: string): Aspect =>
  aspect('ScalingActive', status, reason, message);

function scalingActive({ scaling, view, source, apiGroups }: ScalingFacts): Aspect {
  if (scaling.engine === 'None')
    return active(false, 'EngineNone', 'spec.writer.replicas is the number of writers');
  if (scaling.engine === 'KEDA')
    return apiGroups.has(KEDA_API)
      ? active(true, 'KEDA', 'a ScaledObject scales the writers')
      : active(
          false,
          'KedaMissing',
          'KEDA is not installed: install it, or use the engine Builtin',
        );
  return isMissing(source)
    ? active(false, source.reason, source.message)
    : builtinActive(view, source);
}

const LIMITED =
  'the figures are those of the writers, since spec.rabbitmq.metricsUrl does not name the Prometheus endpoint of RabbitMQ';

function builtinActive({ decision, failure }: ScalingView, { kind }: MetricsSource): Aspect {
  const told = kind === 'broker' ? 'RabbitMQ' : 'the writers';
  if (decision === null)
    return failure === null
      ? active(true, 'Starting', 'the first metrics are awaited')
      : active(false, 'MetricsUnavailable', `the metrics of ${told} cannot be read: ${failure}`);
  const words = WORDS[decision.reason];
  if (decision.reason === 'MetricsStale')
    return active(false, 'MetricsStale', failure === null ? words : `${words}: ${failure}`);
  return kind === 'broker'
    ? active(true, decision.reason, words)
    : active(true, 'MetricsLimited', `${words}; ${LIMITED}`);
}

function scalingLimited({ scaling, view }: ScalingFacts): Aspect {
  const { decision } = view;
  const isLimited =
    scaling.engine === 'Builtin' && decision !== null && LIMITING.includes(decision.reason);
  return isLimited
    ? aspect('ScalingLimited', true, decision.reason, WORDS[decision.reason])
    : aspect(
        'ScalingLimited',
        false,
        'WithinLimits',
        'nothing keeps the writers from being enough',
      );
}

function manualScaleIgnored({ scaling, replicas }: ScalingFacts): Aspect {
  const isIgnored = scaling.engine !== 'None' && replicas !== 1;
  return isIgnored
    ? aspect(
        'ManualScaleIgnored',
        true,
        'EngineDecides',
        `spec.writer.replicas is ${replicas}, but the engine is ${scaling.engine}: set spec.writer.scaling.engine to None to scale by hand`,
      )
    : aspect('ManualScaleIgnored', false, 'NotIgnored', 'spec.writer.replicas is not ignored');
}
