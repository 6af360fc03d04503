import type { PoolClient } from 'pg';
import type { EventPosition } from '#event';
import type { Query } from '#query';
import type { CommitRange } from '../covered/commit-ranges.ts';
import {
  IndexUnavailableError,
  type IndexDocument,
  type TaskId,
  type TaskOutcome,
} from '../search-index.ts';
import type { FedSegment } from './index-rows.ts';
import { recordCoverage, type FedPart } from './coverage.ts';
import { deliver, deliverApart, describeOutcome } from './deliveries.ts';
import { segmentsOfGroups, type Stretch } from './groups.ts';
import type { FedIndex } from './index-catalog.ts';
import { readDocuments } from './read-documents.ts';
import type { FeedParts } from './settings.ts';
import { fed, feedFailure } from './telemetry.ts';

/** New groups, in order; or what is missing in one index. */
export interface DeliveredStretch extends Stretch {
  readonly kind: 'new' | 'missing';
}

/** Where the events of a stretch are, and where they go. */
export interface StretchScope {
  readonly segments: readonly FedSegment[];
  readonly indexes: readonly FedIndex[];
}

interface Delivery {
  readonly stretch: DeliveredStretch;
  readonly parts: readonly DeliveredPart[];
}

/** What one index got of a stretch. */
interface DeliveredPart extends FedPart {
  readonly index: FedIndex['index'];
  /** Partitions that it came from. */
  readonly relations: readonly string[];
  readonly tasks: readonly TaskId[];
}

/** What settling has come to. */
export interface Settled {
  /** That can be found now. */
  readonly documents: number;
  /** The backend does not know a task any more: it may have lost more than that. */
  readonly forgotten: boolean;
}

/** Stretches that the backend has taken over and not finished. */
export class DeliveredStretches {
  private readonly parts: FeedParts;
  private readonly match: Query;
  private readonly open = new Set<Delivery>();

  constructor(parts: FeedParts, match: Query) {
    this.parts = parts;
    this.match = match;
  }

  get isEmpty(): boolean {
    return this.open.size === 0;
  }

  get newStretches(): number {
    return this.stretches('new').length;
  }

  get missingStretches(): number {
    return this.stretches('missing').length;
  }

  /** CommitSeq up to which new groups are on their way. */
  get newest(): number {
    return Math.max(0, ...this.stretches('new').map(({ commits }) => commits.last));
  }

  /** What of an index (by its id) is on its way. */
  of(indexId: number): readonly CommitRange[] {
    return [...this.open]
      .filter(({ parts }) => parts.some(({ index }) => index.id === indexId))
      .map(({ stretch }) => stretch.commits);
  }

  /** Reads the events of a stretch and hands them over. */
  async send(
    client: PoolClient,
    stretch: DeliveredStretch,
    { segments, indexes }: StretchScope,
    signal: AbortSignal,
  ): Promise<void> {
    const holding = await segmentsOfGroups(client, stretch.groups);
    const parts: DeliveredPart[] = [];
    for (const { index, commitFloor } of indexes) {
      const relations = segments
        .filter((segment) => segment.index === index.name && holding.has(segment.id))
        .map(({ relation }) => relation);
      const { documents, leftOut } = await this.read(client, relations, stretch);
      const tasks = await deliver(this.parts.index, index.name, documents, signal);
      const counts = { documents: documents.length, leftOut };
      parts.push({ index, commitFloor, relations, tasks, ...counts });
    }
    this.open.add({ stretch, parts });
  }

  /** Looks what has become of the tasks, and writes down what is covered. */
  async settle(client: PoolClient, signal: AbortSignal): Promise<Settled> {
    const outcomes = await this.outcomes(signal);
    let documents = 0;
    let forgotten = false;
    for (const delivery of [...this.open]) {
      const own = delivery.parts.flatMap(({ tasks }) => tasks.map((task) => outcomes.get(task)));
      if (own.some((outcome) => outcome?.kind === 'pending')) continue;
      // Whatever comes, it is done with: what is not written down is sent again.
      this.open.delete(delivery);
      if (own.some((outcome) => outcome?.kind === 'unknown')) {
        forgotten = true;
        this.parts.telemetry.emit(feedFailure, { reason: 'task-unknown' });
      } else documents += await this.finish(client, delivery, outcomes, signal);
    }
    return { documents, forgotten };
  }

  private async finish(
    client: PoolClient,
    { stretch, parts }: Delivery,
    outcomes: ReadonlyMap<TaskId, TaskOutcome>,
    signal: AbortSignal,
  ): Promise<number> {
    const finished: FedPart[] = [];
    for (const part of parts) {
      const failed = part.tasks
        .map((task) => outcomes.get(task))
        .find((outcome) => outcome?.kind === 'failed');
      finished.push(
        failed === undefined ? part : await this.sendAgain(client, stretch, part, failed, signal),
      );
    }
    await recordCoverage(client, stretch.commits, this.parts.settings.match, finished);
    const documents = finished.reduce((sum, part) => sum + part.documents, 0);
    const leftOut = finished.reduce((sum, part) => sum + part.leftOut.length, 0);
    this.parts.telemetry.emit(fed, { documents, leftOut });
    return documents;
  }

  /** Finds out which documents are to blame, if any; they are left out. */
  private async sendAgain(
    client: PoolClient,
    stretch: Stretch,
    part: DeliveredPart,
    failed: TaskOutcome,
    signal: AbortSignal,
  ): Promise<FedPart> {
    const { index, telemetry } = this.parts;
    if (failed.kind === 'failed' && !failed.documents)
      throw new IndexUnavailableError(describeOutcome(failed), { reason: 'task-failed' });
    telemetry.emit(feedFailure, { reason: 'documents-refused' });
    const { documents, leftOut } = await this.read(client, part.relations, stretch);
    const refused = await deliverApart(index, part.index.name, documents, signal);
    return {
      ...part,
      documents: documents.length - refused.length,
      leftOut: [...leftOut, ...refused],
    };
  }

  private async read(
    client: PoolClient,
    relations: readonly string[],
    { groups }: Stretch,
  ): Promise<{ documents: IndexDocument[]; leftOut: EventPosition[] }> {
    const read: { documents: IndexDocument[]; leftOut: EventPosition[] } = {
      documents: [],
      leftOut: [],
    };
    for (const relation of relations) {
      const { documents, leftOut } = await readDocuments(client, relation, groups, this.match);
      read.documents.push(...documents);
      read.leftOut.push(...leftOut);
    }
    return read;
  }

  private async outcomes(signal: AbortSignal): Promise<ReadonlyMap<TaskId, TaskOutcome>> {
    const tasks = [...this.open].flatMap(({ parts }) => parts.flatMap((part) => part.tasks));
    if (tasks.length === 0) return new Map();
    const outcomes = await this.parts.index.outcomes(tasks, signal);
    return new Map(tasks.map((task, at) => [task, outcomes[at] ?? { kind: 'unknown' }]));
  }

  private stretches(kind: DeliveredStretch['kind']): readonly DeliveredStretch[] {
    return [...this.open].map(({ stretch }) => stretch).filter((each) => each.kind === kind);
  }
}
