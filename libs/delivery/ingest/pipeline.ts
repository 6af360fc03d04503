import { systemClock, uuidv7, type Batch, type Clock } from '#event';
import type { BatchPublisher, PublishOutcome } from '#queue';
import type { Telemetry, TraceParent, TraceSpan } from '#telemetry';
import { type BackoffSettings, systemSleep, type Sleep } from '#retry';
import { problem } from '#problem';
import { Admission, ADMISSION_DEFAULTS, type AdmissionSettings } from './admission.ts';
import { accepted, overloaded, type IngestAnswer, type Rejection } from './answer.ts';
import type { Consignment } from './consignment.ts';
import { DeadlineSignals } from './deadline-signals.ts';
import {
  batchPublished,
  bytesInFlight,
  eventsAccepted,
  outcomeUnknown,
  requestAnswered,
  requestFailed,
} from './events.ts';
import { IdempotentRequests } from './idempotent-requests.ts';
import { LedgerLookup, type BatchLedger } from './ledger-lookup.ts';
import { combineOutcomes } from './outcome.ts';
import { readRequest } from './read-request.ts';
import type { IngestRequest } from './request.ts';
import { RetryingPublisher } from './retrying-publisher.ts';
import { traced } from './traced-batch.ts';
import {
  SHARED_BATCH_DEFAULTS,
  SharedBatches,
  type PublishBatch,
  type SharedBatchSettings,
} from './shared-batches.ts';
import { whileCharged } from './while-charged.ts';

export interface IngestPipelineSettings {
  readonly admission: AdmissionSettings;
  readonly batches: SharedBatchSettings;
  /** Longest time that a request waits for the outcome of its batches, in ms. */
  readonly outcomeWaitMs: number;
  /** Wait between repetitions of a publish whose outcome is unknown. */
  readonly publishBackoff: BackoffSettings;
}

export const INGEST_PIPELINE_DEFAULTS: IngestPipelineSettings = {
  admission: ADMISSION_DEFAULTS,
  batches: SHARED_BATCH_DEFAULTS,
  outcomeWaitMs: 30_000,
  publishBackoff: { baseMs: 100, maxMs: 5_000 },
};

export interface IngestPipelineParts {
  readonly queue: BatchPublisher;
  readonly ledger: BatchLedger;
  readonly telemetry: Telemetry;
  readonly settings?: Partial<IngestPipelineSettings>;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly sleep?: Sleep;
}

/**
 * From the body of a request to its answer: reads the events, puts them into batches, waits until they are durable.
 * A 202 is given only then. The caller admits the request before it reads the body (`admission`).
 */
export class IngestPipeline {
  readonly admission: Admission;
  private readonly settings: IngestPipelineSettings;
  private readonly telemetry: Telemetry;
  private readonly clock: Clock;
  private readonly publisher: RetryingPublisher;
  private readonly deadlines: DeadlineSignals;
  private readonly shared: SharedBatches;
  private readonly lookup: LedgerLookup;
  private readonly idempotent: IdempotentRequests;
  private serving = 0;
  private onIdle: (() => void) | null = null;

  constructor(parts: IngestPipelineParts) {
    const settings = { ...INGEST_PIPELINE_DEFAULTS, ...parts.settings };
    const random = parts.random ?? (() => Math.random());
    this.settings = settings;
    this.telemetry = parts.telemetry;
    this.clock = parts.clock ?? systemClock;
    this.admission = new Admission(settings.admission, random, parts.telemetry);
    this.publisher = new RetryingPublisher({
      inner: parts.queue,
      backoff: settings.publishBackoff,
      random,
      sleep: parts.sleep ?? systemSleep,
      telemetry: parts.telemetry,
    });
    this.deadlines = new DeadlineSignals(settings.outcomeWaitMs);
    const publish: PublishBatch = (batch, consignment, causes) =>
      this.publish(batch, consignment, causes);
    this.shared = new SharedBatches(settings.batches, () => uuidv7(this.clock), publish);
    this.lookup = new LedgerLookup(parts.ledger);
    this.idempotent = new IdempotentRequests({
      lookup: this.lookup,
      publish,
      answer: (outcome, count, rejected, batchId) => this.answer(outcome, count, rejected, batchId),
      clock: this.clock,
      telemetry: parts.telemetry,
    });
    parts.telemetry.observe(bytesInFlight, () => this.admission.bytesHeld);
  }

  /** Never rejects: whatever happens is an answer. */
  async accept(request: IngestRequest): Promise<IngestAnswer> {
    const started = performance.now();
    const span = this.beginSpan(request);
    const answer = await this.whileServing(() => this.serve(request, span.traceParent));
    const seconds = (performance.now() - started) / 1_000;
    this.telemetry.emit(requestAnswered, { status: answer.status, seconds });
    span.end({
      attributes: { 'http.response.status_code': answer.status },
      ...(answer.status >= 500 && { error: String(answer.status) }),
    });
    return answer;
  }

  /** Sends a batch that was made before under its own id again: where it is stored already, it is a duplicate. */
  republish(batch: Batch): Promise<PublishOutcome> {
    return this.whileServing(() => this.publish(batch, null, []));
  }

  /**
   * Refuses new requests, sends what is open and waits for the outcomes of all. Requests without one at the deadline
   * are answered that it is unknown, rather than have their connection cut.
   */
  async drain(deadlineMs: number): Promise<void> {
    this.admission.drain();
    this.shared.flush();
    if (this.serving === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.lookup.end();
        this.deadlines.end();
        resolve();
      }, deadlineMs);
      this.onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async whileServing<T>(serve: () => Promise<T>): Promise<T> {
    this.serving++;
    try {
      return await serve();
    } finally {
      this.serving--;
      if (this.serving === 0) this.onIdle?.();
    }
  }

  private beginSpan({ source, body }: IngestRequest): TraceSpan {
    const { call = 'ingest', traceParent } = source ?? {};
    return this.telemetry.tracing.begin({
      name: call,
      kind: 'server',
      causes: traceParent === undefined ? [] : [traceParent],
      attributes: { 'http.request.body.size': body.length },
    });
  }

  private async serve(request: IngestRequest, cause: TraceParent | null): Promise<IngestAnswer> {
    try {
      return request.idempotencyKey === undefined
        ? await this.acceptShared(request, cause)
        : await this.idempotent.accept(request, request.idempotencyKey, cause);
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.telemetry.emit(requestFailed, { error: text });
      return problem(500, 'internal', 'The server failed; its log says why.');
    }
  }

  private async acceptShared(
    request: IngestRequest,
    cause: TraceParent | null,
  ): Promise<IngestAnswer> {
    const receivedAt = this.clock();
    const read = readRequest(request, receivedAt);
    if (read.kind === 'answered') return read.answer;
    return whileCharged(request.sender, read, async () => {
      const { batchId, outcomes } = this.shared.append(read, receivedAt, cause);
      const outcome = combineOutcomes(await outcomes);
      const answer = this.answer(outcome, read.events.length, read.rejected, batchId);
      return { outcome, answer };
    });
  }

  private async publish(
    plain: Batch,
    consignment: Consignment | null,
    causes: readonly TraceParent[],
  ): Promise<PublishOutcome> {
    const started = performance.now();
    const { span, batch } = traced(plain, causes, this.telemetry);
    const outcome = await this.publisher.publish(batch, consignment, this.deadlines.next());
    span.end(outcome.kind === 'durable' ? {} : { error: outcome.kind });
    const { id: batchId, bytes } = batch;
    const events = batch.events.length;
    const seconds = (performance.now() - started) / 1_000;
    this.telemetry.emit(batchPublished, { batchId, outcome: outcome.kind, events, bytes, seconds });
    if (outcome.kind === 'unknown') {
      this.telemetry.emit(outcomeUnknown, { batchId, events, reason: outcome.reason });
    }
    return outcome;
  }

  private answer(
    outcome: PublishOutcome,
    count: number,
    rejected: readonly Rejection[],
    batchId: string,
  ): IngestAnswer {
    if (outcome.kind === 'durable') {
      this.telemetry.emit(eventsAccepted, { accepted: count, rejected: rejected.length });
      return accepted(count, rejected, batchId);
    }
    if (outcome.kind === 'overloaded') {
      return overloaded('overloaded', outcome.reason, outcome.retryAfterMs);
    }
    const detail =
      'The events were taken, but whether they are stored is not known yet. ' +
      'Repeating the request is safe only with an Idempotency-Key.';
    return overloaded('outcome-unknown', detail, this.settings.admission.retryAfterMs);
  }
}
