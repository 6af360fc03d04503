import { hash } from 'node:crypto';
import { uuidv5, type Batch, type Clock, type Micros } from '#event';
import type { PublishOutcome } from '#queue';
import type { Telemetry, TraceParent } from '#telemetry';
import { problem } from '#problem';
import { type IngestAnswer, type Rejection } from './answer.ts';
import { Consignment } from './consignment.ts';
import { ledgerUnreadable } from './events.ts';
import type { LedgerLookup, RememberedBatch } from './ledger-lookup.ts';
import { combineOutcomes } from './outcome.ts';
import { readRequest, type EventsToStore, type ReadRequest } from './read-request.ts';
import type { IngestRequest } from './request.ts';
import type { PublishBatch } from './shared-batches.ts';
import { whileCharged, type Stored } from './while-charged.ts';

/** Namespace of the ids of batches with an Idempotency-Key. Never to be changed: the ledger knows them by it. */
const KEY_NAMESPACE = '6f2c1f4e-5a0b-4d0e-9a4e-3f1c7b2d8e90';
const MAX_KEY_LENGTH = 255;
/** Most keys whose outcome is unknown that are remembered. */
const MAX_UNSETTLED_KEYS = 10_000;

export interface IdempotentParts {
  readonly lookup: LedgerLookup;
  readonly publish: PublishBatch;
  /** The answer to a request whose events have this outcome. */
  readonly answer: (
    outcome: PublishOutcome,
    accepted: number,
    rejected: readonly Rejection[],
    batchId: string,
  ) => IngestAnswer;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

interface Running {
  readonly bodyHash: string;
  readonly answer: Promise<IngestAnswer>;
}

/**
 * Requests with an Idempotency-Key: the same key gives the same answer and is stored once. The batch ids follow from
 * sender, key and part; the time of receipt of a repeat is that of the first time, since what is accepted can depend
 * on it.
 */
export class IdempotentRequests {
  private readonly parts: IdempotentParts;
  /** The latest request of each key that is being served. */
  private readonly running = new Map<string, Running>();
  /** Times of receipt of keys whose batches may be stored later, oldest first. */
  private readonly unsettled = new Map<string, Micros>();

  constructor(parts: IdempotentParts) {
    this.parts = parts;
  }

  accept(
    request: IngestRequest,
    key: string,
    cause: TraceParent | null = null,
  ): Promise<IngestAnswer> {
    if (!isUsableKey(key)) {
      const detail = `An Idempotency-Key has 1 to ${MAX_KEY_LENGTH} printable ASCII characters; a UUID is a good one.`;
      return Promise.resolve(problem(400, 'invalid-idempotency-key', detail));
    }
    const name = `${request.sender.id}\n${key}`;
    const bodyHash = hash('sha256', request.body, 'hex');
    const earlier = this.running.get(name);
    if (earlier?.bodyHash === bodyHash) return earlier.answer;
    const serve = (): Promise<IngestAnswer> => this.serve(request, name, bodyHash, cause);
    const answer = earlier === undefined ? serve() : earlier.answer.then(serve, serve);
    const running: Running = { bodyHash, answer };
    this.running.set(name, running);
    const done = (): void => {
      if (this.running.get(name) === running) this.running.delete(name);
    };
    answer.then(done, done);
    return answer;
  }

  private async serve(
    request: IngestRequest,
    name: string,
    bodyHash: string,
    cause: TraceParent | null,
  ): Promise<IngestAnswer> {
    let first = await this.remembered(batchId(name, 0));
    let receivedAt = first?.receivedAt ?? this.unsettled.get(name) ?? this.parts.clock();
    let read = readRequest(request, receivedAt);
    if (first === null) {
      first = await this.rememberedPart(read, name);
      if (first !== null && first.receivedAt !== receivedAt) {
        receivedAt = first.receivedAt;
        read = readRequest(request, receivedAt);
      }
    }
    if (first !== null && first.bodyHash !== bodyHash) return reused();
    if (read.kind === 'answered') return read.answer;
    const batches = batchesOf(read, name, receivedAt, bodyHash);
    return whileCharged(request.sender, read, () => this.store(read, batches, name, cause));
  }

  private async store(
    read: EventsToStore,
    batches: readonly Batch[],
    name: string,
    cause: TraceParent | null,
  ): Promise<Stored> {
    const causes = cause === null ? [] : [cause];
    const consignment = new Consignment();
    for (const { id } of batches) consignment.add(id);
    const outcomes = await Promise.all(
      batches.map((batch) => this.parts.publish(batch, consignment, causes)),
    );
    const outcome = combineOutcomes(outcomes);
    if (outcome.kind === 'conflict') return { outcome, answer: reused() };
    if (outcome.kind === 'unknown')
      this.rememberUnsettled(name, batches[0]?.receivedAt ?? this.parts.clock());
    else this.unsettled.delete(name);
    const firstId = batches[0]?.id ?? batchId(name, 0);
    const answer = this.parts.answer(outcome, read.events.length, read.rejected, firstId);
    return { outcome, answer };
  }

  /** The entry of a part after the first, where the first holds no event that was accepted. */
  private async rememberedPart(read: ReadRequest, name: string): Promise<RememberedBatch | null> {
    const parts = read.kind === 'events' ? read.parts.length : 0;
    const ids = Array.from({ length: Math.max(0, parts - 1) }, (_, i) => batchId(name, i + 1));
    const entries = await Promise.all(ids.map((id) => this.remembered(id)));
    return entries.find((entry) => entry !== null) ?? null;
  }

  private rememberUnsettled(name: string, receivedAt: Micros): void {
    this.unsettled.set(name, receivedAt);
    if (this.unsettled.size <= MAX_UNSETTLED_KEYS) return;
    for (const oldest of this.unsettled.keys()) {
      this.unsettled.delete(oldest);
      return;
    }
  }

  /** Null also when the ledger cannot be read: then the writer finds out. */
  private async remembered(id: string): Promise<RememberedBatch | null> {
    try {
      return await this.parts.lookup.find(id);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.parts.telemetry.emit(ledgerUnreadable, { batchId: id, reason });
      return null;
    }
  }
}

/** The parts that hold events. The cut depends on the body alone, and so do the ids. */
function batchesOf(
  { events, sizes, parts }: EventsToStore,
  name: string,
  receivedAt: Micros,
  bodyHash: string,
): Batch[] {
  return parts
    .map(({ start, end }, part) => ({
      id: batchId(name, part),
      events: events.slice(start, end),
      bytes: sizes.slice(start, end).reduce((sum, size) => sum + size, 0),
      receivedAt,
      bodyHash,
    }))
    .filter((batch) => batch.events.length > 0);
}

function batchId(name: string, part: number): string {
  return uuidv5(KEY_NAMESPACE, `${name}\n${part}`);
}

function isUsableKey(key: string): boolean {
  return key.length <= MAX_KEY_LENGTH && /^[\x20-\x7e]+$/.test(key);
}

function reused(): IngestAnswer {
  const detail =
    'This Idempotency-Key was used before for another body; send each body with a key of its own.';
  return problem(422, 'idempotency-key-reused', detail);
}
