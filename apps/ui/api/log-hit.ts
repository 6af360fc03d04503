/** The canonical severities, mildest first. */
export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

export type Level = (typeof LEVELS)[number];

/** One event as the gateway sends it; absent fields are null or missing. */
export interface LogHit {
  /** `<groupSeq>-<ordinal>`; stable. */
  readonly id: string;
  /** `YYYY-MM-DDTHH:MM:SS.ffffffZ` */
  readonly timestamp: string;
  readonly level: Level;
  readonly levelText?: string | null;
  readonly message: string;
  readonly resourceId?: string | null;
  readonly traceId?: string | null;
  readonly spanId?: string | null;
  readonly commit?: string | null;
  readonly service?: string | null;
  readonly eventType?: string | null;
  readonly metadata?: Readonly<Record<string, unknown>>;
}
