/** Gives numbers in [0, 1). */
export type Random = () => number;

/** Numbers that depend on the seed alone. Source: mulberry32 by Tommy Ettinger, public domain. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number in [0, below). */
export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

export function pick<T>(random: Random, options: readonly [T, ...T[]]): T {
  return options[below(random, options.length)] ?? options[0];
}

/** Hex digits, as trace and span ids have them. */
export function hex(random: Random, digits: number): string {
  let text = '';
  while (text.length < digits) text += below(random, 0x1_0000).toString(16).padStart(4, '0');
  return text.slice(0, digits);
}

/** Mostly near the median, sometimes far above it, as latencies are (log-normal). */
export function skewed(random: Random, median: number, spread: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return median * Math.exp(spread * normal);
}
