/** A copy, or one that is being made. */
export interface CacheEntry {
  /** SHA-256 of its bytes and its kind: the name of its file. */
  readonly key: string;
  readonly bytes: number;
  /** Readers that are at it; it stays as long as there are any. */
  leases: number;
  /** Resolves once the file is whole; null: what an earlier process left, and nobody has looked at. */
  ready: Promise<void> | null;
  /** Its file is being made. */
  isPending: boolean;
}

/** Which copies there are, within a bound of bytes; those used longest ago leave first. */
export class CacheSpace {
  private readonly entries = new Map<string, CacheEntry>();
  private readonly maxBytes: number;
  private used = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.used;
  }

  get(key: string): CacheEntry | undefined {
    return this.entries.get(key);
  }

  add(entry: CacheEntry): void {
    this.entries.set(entry.key, entry);
    this.used += entry.bytes;
  }

  remove(entry: CacheEntry): void {
    if (this.entries.get(entry.key) !== entry) return;
    this.entries.delete(entry.key);
    this.used -= entry.bytes;
  }

  /** It is used now. */
  touch(entry: CacheEntry): void {
    this.entries.delete(entry.key);
    this.entries.set(entry.key, entry);
  }

  /**
   * Takes copies out that nobody is at, until there is room for further bytes.
   *
   * @param keep keys of copies that are wanted
   * @returns those whose files may go, or null where there is no room while others are read
   */
  makeRoom(bytes: number, keep: ReadonlySet<string>): readonly CacheEntry[] | null {
    const leaving: CacheEntry[] = [];
    let over = this.used + bytes - this.maxBytes;
    for (const entry of this.entries.values()) {
      if (over <= 0) break;
      if (entry.leases > 0 || entry.isPending || keep.has(entry.key)) continue;
      leaving.push(entry);
      over -= entry.bytes;
    }
    if (over > 0) return null;
    for (const entry of leaving) this.remove(entry);
    return leaving;
  }
}
