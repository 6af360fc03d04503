import type { LogPipeline } from '#pipeline';
import type { ClusterView } from './cluster-view.ts';
import type { Missing } from './secret-values.ts';

/** Where the backends of a pipeline are, as `host:port/name`; null for one that nobody else reaches. */
export interface BackendPlaces {
  readonly postgres: string | null;
  readonly rabbitmq: string | null;
  readonly meilisearch: string | null;
}

interface Claim {
  readonly queues: string | null;
  readonly indexes: string | null;
  readonly store: string;
  /** When the pipeline was made, then its name: the same order for everybody. */
  readonly rank: string;
}

/**
 * Which pipelines use which queues and indexes. Two with the same ones and two stores would each store what was sent
 * to the other; with one store they are one pipeline in two parts, which harms nobody.
 */
export class SharedNames {
  private readonly view: ClusterView;
  private readonly claims = new Map<string, Claim>();

  constructor(view: ClusterView) {
    this.view = view;
  }

  /** Null when the names are this pipeline's own; else whose they have been for longer, and what to write. */
  claim(key: string, { spec }: LogPipeline, places: BackendPlaces): Missing | null {
    const { postgres, rabbitmq, meilisearch } = places;
    const claim: Claim = {
      queues: rabbitmq === null ? null : `${rabbitmq} ${spec.queue.prefix}`,
      indexes: meilisearch === null ? null : `${meilisearch} ${spec.meilisearch.index.prefix}`,
      store: postgres ?? key,
      rank: `${String(this.view.pipeline(key)?.metadata['creationTimestamp'])} ${key}`,
    };
    this.claims.set(key, claim);
    const queues = this.earlier(claim, 'queues');
    if (queues !== undefined)
      return inUse(
        `the queues ${spec.queue.prefix} of this RabbitMQ are those of the pipeline ${queues}, which stores elsewhere: make this pipeline again with another spec.queue.prefix, or name another virtual host`,
      );
    const indexes = this.earlier(claim, 'indexes');
    return indexes === undefined
      ? null
      : inUse(
          `the indexes ${spec.meilisearch.index.prefix} of this Meilisearch are those of the pipeline ${indexes}, which stores elsewhere: set another spec.meilisearch.index.prefix`,
        );
  }

  forget(key: string): void {
    this.claims.delete(key);
  }

  private earlier(claim: Claim, what: 'queues' | 'indexes'): string | undefined {
    const found = [...this.claims].find(
      ([key, other]) =>
        claim[what] !== null &&
        other[what] === claim[what] &&
        other.store !== claim.store &&
        other.rank < claim.rank &&
        this.view.pipeline(key) !== undefined,
    );
    return found?.[0];
  }
}

function inUse(message: string): Missing {
  return { reason: 'NameInUse', message };
}
