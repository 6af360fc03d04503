export { expireTokenUsage } from './expire-token-usage.ts';
export {
  LONGEST_GRACE_DAYS,
  MOST_INGEST_TOKENS,
  MOST_SERVICES,
  NO_USAGE,
  type IngestToken,
  type TokenLimits,
  type TokenToKeep,
  type TokenUsage,
} from './ingest-token.ts';
export {
  PostgresIngestTokens,
  type IngestTokens,
  type IngestTokensParts,
  type IssuedToken,
  type KeepOutcome,
} from './ingest-tokens.ts';
export {
  openIngestTokens,
  type OpenIngestTokens,
  type OpenIngestTokensParts,
} from './open-ingest-tokens.ts';
export {
  ANONYMOUS_SENDER,
  unlimitedSender,
  type Charged,
  type LimitReached,
  type Sender,
} from './sender.ts';
export { OPEN_TO_ALL, type NotASender, type SenderDecision, type Senders } from './senders.ts';
