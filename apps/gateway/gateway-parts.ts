import type { IngestTokens } from '#access';
import type { Clock } from '#event';
import type { SearchAccess } from '#search';
import type { Telemetry } from '#telemetry';

import type { AccessParts } from './access/access-parts.ts';
import type { GatewaySettings } from './gateway-settings.ts';
import type { HealthSource } from './pipeline/health-source.ts';
import type { QuarantinedEvents, Replay } from './quarantine/quarantined-events.ts';
import type { KeptSearches } from './searches/kept-searches.ts';
import type { SegmentSource } from './segments/segment-source.ts';

/** The opened parts that a gateway needs; whoever composes it opens and closes them. */
export interface GatewayParts {
  readonly access: AccessParts;
  readonly search: SearchAccess;
  readonly quarantine: QuarantinedEvents;
  readonly searches: KeptSearches;
  /** Of those who send logs. */
  readonly tokens: IngestTokens;
  /** Sends quarantined bytes through the normal intake again. */
  readonly replay: Replay;
  /** How the processes of the pipeline are. */
  readonly health: HealthSource;
  /** What is stored where. */
  readonly segments: SegmentSource;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly settings: GatewaySettings;
}

/** Injection token of the parts. */
export const GATEWAY_PARTS = Symbol('gateway parts');
