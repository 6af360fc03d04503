import type { PoolClient } from 'pg';
import { isIndexName } from '../index-name.ts';
import type { FoundIndex } from '../search-index.ts';
import {
  enterIndex,
  readFedSegments,
  readKnownIndexes,
  removeIndex,
  type FedSegment,
  type KnownIndex,
} from './index-rows.ts';
import type { FeedParts } from './settings.ts';
import { indexDropped, indexMade } from './telemetry.ts';

/** An index with the partitions whose events it gets. */
export interface FedIndex {
  readonly index: KnownIndex;
  /** Ids. */
  readonly segments: readonly number[];
  /** No group up to this commitSeq has events of the index. */
  readonly commitFloor: number;
}

/** The indexes that there are to be, and what there is. */
export class IndexCatalog {
  private readonly parts: FeedParts;
  private readonly known = new Map<string, KnownIndex>();
  private readonly configured = new Set<string>();

  constructor(parts: FeedParts) {
    this.parts = parts;
  }

  /** Partitions whose events are to be indexed, newest first. */
  segments(client: PoolClient): Promise<readonly FedSegment[]> {
    const { clock, settings } = this.parts;
    const cutoff = settings.keep === null ? null : clock() - settings.keep;
    return readFedSegments(client, settings.prefix, cutoff);
  }

  /**
   * Makes what is missing or was lost, and drops what is not wanted any more. An index is lost that is not there, or
   * has another seal, or fewer documents than it is known to have (a backup was put back).
   */
  async reconcile(client: PoolClient, signal: AbortSignal): Promise<void> {
    const wanted = new Set((await this.segments(client)).map(({ index }) => index));
    // Before the list, since documents are added all the time.
    const rows = await readKnownIndexes(client);
    const found = await this.parts.index.list(this.parts.settings.prefix, signal);
    const byName = new Map(found.map((each) => [each.name, each]));
    this.known.clear();
    for (const row of rows) {
      if (!wanted.has(row.name)) await this.forget(client, row, signal);
      else if (isWhole(row, byName.get(row.name))) await this.keep(row, signal);
      else await this.make(client, row.name, true, signal);
    }
    await this.dropUnknown(found, new Set(rows.map(({ name }) => name)), signal);
    for (const name of wanted) {
      if (!this.known.has(name)) await this.make(client, name, false, signal);
    }
  }

  /** All indexes of some partitions, made where they are missing; in the order of the partitions. */
  async indexesOf(
    client: PoolClient,
    segments: readonly FedSegment[],
    signal: AbortSignal,
  ): Promise<readonly FedIndex[]> {
    const indexes: FedIndex[] = [];
    for (const [name, own] of Map.groupBy(segments, ({ index }) => index)) {
      indexes.push({
        index: this.known.get(name) ?? (await this.make(client, name, false, signal)),
        segments: own.map(({ id }) => id),
        commitFloor: Math.min(...own.map(({ commitFloor }) => commitFloor)),
      });
    }
    return indexes;
  }

  /** What is known first: after a crash in between, the index that has no such seal is made again. */
  private async make(
    client: PoolClient,
    name: string,
    again: boolean,
    signal: AbortSignal,
  ): Promise<KnownIndex> {
    const { index, telemetry, newSeal } = this.parts;
    const made = await enterIndex(client, { name, seal: newSeal() });
    await index.create(made, signal);
    this.known.set(name, made);
    this.configured.add(name);
    telemetry.emit(indexMade, { index: name, again });
    return made;
  }

  /** Another version of the program may have made it, with other settings. */
  private async keep(row: KnownIndex, signal: AbortSignal): Promise<void> {
    this.known.set(row.name, row);
    if (this.configured.has(row.name)) return;
    await this.parts.index.configure(row.name, signal);
    this.configured.add(row.name);
  }

  private async forget(client: PoolClient, row: KnownIndex, signal: AbortSignal): Promise<void> {
    await removeIndex(client, row.id);
    await this.drop(row.name, signal);
  }

  /** Left behind by a crash, or by a database that was put back. */
  private async dropUnknown(
    found: readonly FoundIndex[],
    known: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<void> {
    for (const { name } of found) {
      if (!known.has(name) && isIndexName(this.parts.settings.prefix, name))
        await this.drop(name, signal);
    }
  }

  private async drop(name: string, signal: AbortSignal): Promise<void> {
    await this.parts.index.drop(name, signal);
    this.parts.telemetry.emit(indexDropped, { index: name });
  }
}

function isWhole(row: KnownIndex, found: FoundIndex | undefined): boolean {
  return found?.seal === row.seal && found.documents >= row.documents;
}
