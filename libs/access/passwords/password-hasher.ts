import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { formatPhc, parsePhc, type Argon2Cost } from './phc.ts';

/**
 * The least that OWASP asks of Argon2id: 19 MiB, two passes, one lane
 * (cheatsheetseries.owasp.org, Password Storage).
 */
export const OWASP_COST: Argon2Cost = { memoryKib: 19_456, passes: 2, parallelism: 1 };

const SALT_BYTES = 16;
const TAG_BYTES = 32;

const derive = promisify(argon2);

export interface PasswordCheck {
  readonly matches: boolean;
  /** It matches a hash of another cost than today's: hash it again. */
  readonly outdated: boolean;
}

/** Argon2id of Node's crypto, which works outside the event loop. */
export class PasswordHasher {
  private readonly cost: Argon2Cost;
  private readonly random: (bytes: number) => Buffer;
  private readonly nobody: Promise<string>;

  constructor(cost: Argon2Cost = OWASP_COST, random: (bytes: number) => Buffer = randomBytes) {
    this.cost = cost;
    this.random = random;
    this.nobody = this.hash(random(SALT_BYTES).toString('base64'));
    // It is looked at when somebody logs in; until then its failure is nobody's.
    this.nobody.catch(() => undefined);
  }

  /** A PHC string. */
  async hash(password: string): Promise<string> {
    const salt = this.random(SALT_BYTES);
    const tag = await compute(password, { ...this.cost, salt }, TAG_BYTES);
    return formatPhc({ ...this.cost, salt, tag });
  }

  /** Null stands for somebody without a password: the work is the same, so that the time does not tell. */
  async check(password: string, phc: string | null): Promise<PasswordCheck> {
    const known = phc === null ? null : parsePhc(phc);
    const hash = known ?? parsePhc(await this.nobody);
    if (hash === null) throw new TypeError('the hash of nobody cannot be read');
    const tag = await compute(password, hash, hash.tag.length);
    const matches = timingSafeEqual(tag, hash.tag) && known !== null;
    return { matches, outdated: matches && !sameCost(hash, this.cost) };
  }
}

function compute(
  password: string,
  { memoryKib, passes, parallelism, salt }: Argon2Cost & { readonly salt: Buffer },
  tagLength: number,
): Promise<Buffer> {
  // The same characters may be typed as different code points, by another keyboard or system.
  const message = password.normalize('NFKC');
  return derive('argon2id', {
    message,
    nonce: salt,
    memory: memoryKib,
    passes,
    parallelism,
    tagLength,
  });
}

function sameCost(one: Argon2Cost, other: Argon2Cost): boolean {
  return (
    one.memoryKib === other.memoryKib &&
    one.passes === other.passes &&
    one.parallelism === other.parallelism
  );
}
