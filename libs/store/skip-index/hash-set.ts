import { mix } from './token-hash.ts';

const FIRST_CAPACITY = 1 << 12;

/** A set of 32-bit hashes in a typed array (open addressing), several times faster than a Set of numbers. */
export class HashSet {
  size = 0;
  private slots = new Int32Array(FIRST_CAPACITY);
  private hasZero = false;

  add(hash: number): void {
    // 0 marks an empty slot.
    if (hash === 0) {
      if (!this.hasZero) this.size++;
      this.hasZero = true;
      return;
    }
    if (!insert(this.slots, hash)) return;
    this.size++;
    if (this.size * 2 > this.slots.length) this.grow();
  }

  /** Visits every hash once, in no particular order. */
  forEach(visit: (hash: number) => void): void {
    if (this.hasZero) visit(0);
    for (const hash of this.slots) if (hash !== 0) visit(hash);
  }

  /** Empties the set and keeps its memory. */
  clear(): void {
    this.slots.fill(0);
    this.hasZero = false;
    this.size = 0;
  }

  private grow(): void {
    const slots = new Int32Array(this.slots.length * 2);
    for (const hash of this.slots) if (hash !== 0) insert(slots, hash);
    this.slots = slots;
  }
}

/** @returns whether the hash was new */
function insert(slots: Int32Array, hash: number): boolean {
  const mask = slots.length - 1;
  let at = mix(hash) & mask;
  for (;;) {
    const held = slots[at];
    if (held === hash) return false;
    if (held === 0) {
      slots[at] = hash;
      return true;
    }
    at = (at + 1) & mask;
  }
}
