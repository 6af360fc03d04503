import { mix, tokenHash } from './token-hash.ts';

/**
 * A Bloom filter as bytes: an 8-byte header (format 1, number of probes, two zero bytes, number of bits as a
 * big-endian 32-bit number) and the bits, the lowest bit of each byte first.
 *
 * With 16 bits per token and 8 probes, one absent token in about 1,700 is held to be present. Probes are the double
 * hashing of Kirsch and Mitzenmacher ("Less Hashing, Same Performance", 2006) over two mixes of one 32-bit hash.
 */
const FORMAT = 1;
const HEADER_BYTES = 8;
const BITS_PER_TOKEN = 16;
const PROBES = 8;
const SECOND_SEED = 0x9e3779b9 | 0;
const RANGE = 2 ** 32;

/** The filter that contains the tokens with these hashes, each given once. */
export function filterOf(hashes: Int32Array): Buffer {
  const bytes = Math.max(8, Math.ceil((hashes.length * BITS_PER_TOKEN) / 8));
  const filter = Buffer.alloc(HEADER_BYTES + bytes);
  filter[0] = FORMAT;
  filter[1] = PROBES;
  filter.writeUInt32BE(bytes * 8, 4);
  for (const hash of hashes) addHash(filter, bytes * 8, hash);
  return filter;
}

function addHash(filter: Buffer, bits: number, hash: number): void {
  const step = stepOf(hash);
  let probe = mix(hash);
  for (let i = 0; i < PROBES; i++) {
    const bit = Math.floor(((probe >>> 0) * bits) / RANGE);
    const at = HEADER_BYTES + (bit >>> 3);
    filter[at] = (filter[at] as number) | (1 << (bit & 7));
    probe = (probe + step) | 0;
  }
}

/**
 * False only where no event under the filter has the token.
 *
 * @param filter bytes of `skip_filter.bits`
 * @param token a word, lower-cased, or a `fieldToken`
 * @throws RangeError for bytes that are no filter of a known format
 */
export function mayContain(filter: Uint8Array, token: string): boolean {
  return mayContainHash(filter, tokenHash(token));
}

/** `mayContain` for one token in many filters: the hash is `tokenHash(token)`. */
export function mayContainHash(filter: Uint8Array, hash: number): boolean {
  const bits = bitsOf(filter);
  const probes = filter[1] ?? 0;
  const step = stepOf(hash);
  let probe = mix(hash);
  for (let i = 0; i < probes; i++) {
    const bit = Math.floor(((probe >>> 0) * bits) / RANGE);
    if ((((filter[HEADER_BYTES + (bit >>> 3)] ?? 0) >>> (bit & 7)) & 1) === 0) return false;
    probe = (probe + step) | 0;
  }
  return true;
}

/** A filter of which single bytes are read, wherever it lies. */
export interface FilterBits {
  /** In bytes, with the header. */
  readonly length: number;
  readonly byteAt: (index: number) => number;
}

/** `mayContainHash` for a filter whose format was checked when it was written. */
export function mayHoldHash({ length, byteAt }: FilterBits, hash: number): boolean {
  const bits = (length - HEADER_BYTES) * 8;
  return probesOf(hash).every((point) => {
    const bit = Math.floor((point * bits) / RANGE);
    return ((byteAt(HEADER_BYTES + Math.floor(bit / 8)) >>> (bit % 8)) & 1) === 1;
  });
}

/** Where a hash probes a filter of `PROBES` probes: fractions of its bits, as whole numbers below 2^32. */
export function probesOf(hash: number): number[] {
  const step = stepOf(hash);
  const first = mix(hash);
  return Array.from({ length: PROBES }, (_, i) => (first + Math.imul(i, step)) >>> 0);
}

function bitsOf(filter: Uint8Array): number {
  const bits = (filter.length - HEADER_BYTES) * 8;
  const stated =
    (filter[4] ?? 0) * 2 ** 24 +
    (((filter[5] ?? 0) << 16) | ((filter[6] ?? 0) << 8) | (filter[7] ?? 0));
  if (filter[0] !== FORMAT || bits <= 0 || stated !== bits) {
    throw new RangeError('not a skip filter of a known format');
  }
  return bits;
}

/** Odd, so that the probes of one token differ. */
function stepOf(hash: number): number {
  return mix(hash ^ SECOND_SEED) | 1;
}
