import { mix } from './token-hash.ts';

const FIRST_CAPACITY = 1 << 12;

/** A set of 32-bit hashes in typed arrays (open addressing), several times faster than a Set of numbers. */
export class HashSet {
  size = 0;
  /** A power of two, at least twice as many as there are members; 0 marks an empty one. */
  private slots = new Int32Array(FIRST_CAPACITY);
  /** In the order in which they came, so that they are visited without looking at empty slots. */
  private members = new Int32Array(FIRST_CAPACITY / 2);
  private hasZero = false;

  add(hash: number): void {
    if (hash === 0) this.addZero();
    else if (insert(this.slots, hash)) this.append(hash);
  }

  /** Its members; valid until the next change. */
  values(): Int32Array {
    return this.members.subarray(0, this.size);
  }

  /** Empties the set and keeps its memory. */
  clear(): void {
    this.slots.fill(0);
    this.hasZero = false;
    this.size = 0;
  }

  private addZero(): void {
    if (!this.hasZero) this.append(0);
    this.hasZero = true;
  }

  private append(hash: number): void {
    this.members[this.size++] = hash;
    if (this.size === this.members.length) this.grow();
  }

  private grow(): void {
    const members = new Int32Array(this.members.length * 2);
    members.set(this.members);
    this.members = members;
    this.slots = new Int32Array(members.length * 2);
    for (const hash of this.values()) if (hash !== 0) insert(this.slots, hash);
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
