import type { Telemetry } from '#telemetry';
import { overloaded, type IngestAnswer } from './answer.ts';
import { ByteBudget, type Reservation } from './byte-budget.ts';
import { requestRefused } from './events.ts';

export interface AdmissionSettings {
  /** Most bytes that are received and not yet confirmed, over all requests. */
  readonly maxBytes: number;
  /** What a request without a Content-Length reserves at first. */
  readonly unknownLengthBytes: number;
  /** Mean wait that a refused sender is told, in ms. */
  readonly retryAfterMs: number;
}

export const ADMISSION_DEFAULTS: AdmissionSettings = {
  maxBytes: 160 * 1024 * 1024,
  unknownLengthBytes: 64 * 1024,
  retryAfterMs: 1_000,
};

export type AdmissionDecision =
  | { readonly kind: 'admitted'; readonly reservation: Reservation }
  | { readonly kind: 'refused'; readonly answer: IngestAnswer };

/** Decides before a body is read whether there is room for it. A refusal means that nothing was stored. */
export class Admission {
  private readonly settings: AdmissionSettings;
  private readonly budget: ByteBudget;
  private readonly random: () => number;
  private readonly telemetry: Telemetry;
  private isDraining = false;

  constructor(settings: AdmissionSettings, random: () => number, telemetry: Telemetry) {
    this.settings = settings;
    this.budget = new ByteBudget(settings.maxBytes);
    this.random = random;
    this.telemetry = telemetry;
  }

  get draining(): boolean {
    return this.isDraining;
  }

  /** Bytes that are received and not yet confirmed. */
  get bytesHeld(): number {
    return this.budget.used;
  }

  /** From now on everything is refused. */
  drain(): void {
    this.isDraining = true;
  }

  /** @param contentLength bytes as announced, or null when unknown */
  decide(contentLength: number | null): AdmissionDecision {
    if (this.isDraining) return { kind: 'refused', answer: this.full() };
    const reservation = this.budget.reserve(contentLength ?? this.settings.unknownLengthBytes);
    return reservation === null
      ? { kind: 'refused', answer: this.full() }
      : { kind: 'admitted', reservation };
  }

  /** The answer where there is no room, or none any more. */
  full(): IngestAnswer {
    if (this.isDraining)
      return this.refuse('draining', 'The server is shutting down; try again soon.');
    return this.refuse(
      'overloaded',
      'Too much data is waiting to be stored; try again after the given time.',
    );
  }

  private refuse(code: string, detail: string): IngestAnswer {
    this.telemetry.emit(requestRefused, { reason: code });
    return overloaded(code, detail, this.settings.retryAfterMs * (0.5 + this.random()));
  }
}
