import { cleanText, exceedsBytes } from './clean-text.ts';

/** What the bounds on metadata ask of a value, found without recursion: no depth of nesting can overflow the stack. */
export interface JsonShape {
  /** Levels of nesting; an object of plain values has 1. Not counted beyond the first that is too deep. */
  readonly depth: number;
  /** Keys in all levels. Not counted beyond the first that is too many. */
  readonly keys: number;
  /** Some key that is larger than the limit, or null. */
  readonly longKey: string | null;
  /** Whether it holds a value that JSON text does not give back as it is, such as -0. */
  readonly irregular: boolean;
}

export interface ShapeLimits {
  readonly depth: number;
  readonly keys: number;
  readonly keyBytes: number;
}

/** Walks a value level by level and stops where a limit is passed. */
export function measureShape(root: object, limits: ShapeLimits): JsonShape {
  const walk = new ShapeWalk(limits);
  let level: object[] = [root];
  let depth = 0;
  while (level.length > 0 && depth <= limits.depth && walk.keys <= limits.keys) {
    depth++;
    walk.next = NOTHING;
    for (const container of level) walk.visit(container);
    level = walk.next;
  }
  return { depth, keys: walk.keys, longKey: walk.longKey, irregular: walk.irregular };
}

/** Stands for an empty level, so that flat metadata allocates nothing. Never written to. */
const NOTHING: object[] = [];

class ShapeWalk {
  keys = 0;
  longKey: string | null = null;
  irregular = false;
  next: object[] = NOTHING;
  private readonly limits: ShapeLimits;

  constructor(limits: ShapeLimits) {
    this.limits = limits;
  }

  visit(container: object): void {
    if (Array.isArray(container)) {
      for (const value of container as unknown[]) this.see(value);
      return;
    }
    const fields = container as Record<string, unknown>;
    for (const key in fields) {
      if (++this.keys > this.limits.keys) return;
      if (this.isLong(key)) this.longKey = key;
      this.see(fields[key]);
    }
  }

  private isLong(key: string): boolean {
    const limit = this.limits.keyBytes;
    // Measured as it will be kept: cleaning makes three bytes of a NUL.
    return key.length * 3 > limit && exceedsBytes(cleanText(key), limit);
  }

  private see(value: unknown): void {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return;
      case 'number':
        if (!Number.isFinite(value) || Object.is(value, -0)) this.irregular = true;
        return;
      case 'object':
        if (value !== null) this.push(value);
        return;
      default:
        this.irregular = true;
    }
  }

  private push(value: object): void {
    if (this.next === NOTHING) this.next = [value];
    else this.next.push(value);
  }
}
