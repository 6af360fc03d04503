/** A place in the result and the stretch of time there that holds no row. */
export interface Edge {
  /** Number of rows that are newer. */
  readonly position: number;
  /** Epoch ms; rows at or after it come before `position`. */
  readonly latest: number;
  /** Epoch ms; rows before it begin at `position`. Smaller than `latest` over a gap. */
  readonly earliest: number;
}

/** The narrowest bucket of a histogram. */
const FINEST_MS = 1_000;

const UNBOUNDED = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

export interface CountedBucket {
  /** Epoch ms. */
  readonly start: number;
  readonly count: number;
}

/**
 * Where in the result which time lies, learned from histograms: they count exactly, so the number of events
 * after a bucket's edge is the position of the first row before it. This is what lets the list be scrolled
 * to its middle without reading what comes before.
 */
export class PositionMap {
  /** By ascending position, so by descending time. */
  readonly #edges: Edge[] = [];
  readonly #indivisible = new Set<number>();

  /**
   * Adds the edges of buckets (oldest first) that begin after `base` rows; returns how many
   * were new or now bound an empty stretch more closely. The outer buckets reach beyond the `bounds` (epoch ms) that they were counted in.
   */
  add(
    buckets: readonly CountedBucket[],
    widthMs: number,
    base: number,
    bounds: { readonly from: number; readonly to: number } = UNBOUNDED,
  ): number {
    const clamp = (time: number): number => Math.max(bounds.from, Math.min(time, bounds.to));
    let learned = 0;
    let position = base;
    for (const bucket of buckets.toReversed()) {
      learned += this.#insert(position, clamp(bucket.start + widthMs));
      position += bucket.count;
      learned += this.#insert(position, clamp(bucket.start));
    }
    return learned;
  }

  /** The nearest edges around a position. */
  around(position: number): { readonly newer: Edge | null; readonly older: Edge | null } {
    let newer: Edge | null = null;
    for (const edge of this.#edges) {
      if (edge.position > position) return { newer, older: edge };
      newer = edge;
    }
    return { newer, older: null };
  }

  /** The stretch around a position, where it has more than `rows` and a finer histogram is possible. */
  divisible(position: number, rows: number): { readonly newer: Edge; readonly older: Edge } | null {
    const { newer, older } = this.around(position);
    if (newer === null || older === null || this.#indivisible.has(newer.position)) return null;
    const wide = older.position - newer.position > rows;
    return wide && newer.earliest - older.latest > FINEST_MS ? { newer, older } : null;
  }

  /** Remembers that the stretch after this edge has no finer histogram. */
  markIndivisible(edge: Edge): void {
    this.#indivisible.add(edge.position);
  }

  #insert(position: number, time: number): 0 | 1 {
    const at = this.#edges.findIndex((known) => known.position >= position);
    const known = this.#edges[at];
    if (known?.position === position && known.earliest <= time && time <= known.latest) return 0;
    if (known === undefined) this.#edges.push({ position, latest: time, earliest: time });
    else if (known.position !== position)
      this.#edges.splice(at, 0, { position, latest: time, earliest: time });
    else {
      const latest = Math.max(known.latest, time);
      const earliest = Math.min(known.earliest, time);
      this.#edges[at] = { position, latest, earliest };
    }
    return 1;
  }
}
