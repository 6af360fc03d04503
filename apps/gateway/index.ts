export type { AccessParts } from './access/access-parts.ts';
export { accessMode, openAccess } from './access/open-access.ts';
export { servedHosts } from './access/served-hosts.ts';
export { configureGateway } from './configure-gateway.ts';
export { GatewayModule } from './gateway.module.ts';
export { type GatewayParts } from './gateway-parts.ts';
export { DEFAULT_GATEWAY_SETTINGS, type GatewaySettings } from './gateway-settings.ts';
export { replayThrough } from './quarantine/replay-through.ts';
export type { HealthSource } from './pipeline/health-source.ts';
export type {
  QuarantinedEvents,
  QuarantineEntry,
  QuarantinePage,
  Replay,
  ReplayOutcome,
} from './quarantine/quarantined-events.ts';
