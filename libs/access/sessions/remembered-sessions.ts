import { MICROS_PER_MINUTE, type Clock, type Micros } from '#event';
import { StoreUnavailableError } from '#store';
import type { FoundSession, Sessions } from './sessions.ts';
import { sessionTokenHash } from './session-token.ts';

/** How long ago somebody must have been known who is let in while Postgres is away. */
const REMEMBERED: Micros = 5 * MICROS_PER_MINUTE;

const MOST_REMEMBERED = 10_000;

interface Known {
  readonly found: FoundSession;
  readonly at: Micros;
}

/**
 * Sessions that are still known for some minutes while Postgres is away, so that the health of the pipeline can be seen
 * just then. Nobody can be locked out meanwhile, for that would need Postgres too; what was revoked by another gateway
 * right before may be missed for that time, in which nothing that is stored can be read.
 */
export class RememberedSessions implements Pick<Sessions, 'find'> {
  private readonly sessions: Pick<Sessions, 'find'>;
  private readonly clock: Clock;
  /** By the hash of the token; the one that was used longest ago first. */
  private readonly known = new Map<string, Known>();

  constructor(sessions: Pick<Sessions, 'find'>, clock: Clock) {
    this.sessions = sessions;
    this.clock = clock;
  }

  async find(token: string, counts: boolean): Promise<FoundSession | null> {
    const key = sessionTokenHash(token).toString('base64');
    try {
      const found = await this.sessions.find(token, counts);
      this.remember(key, found);
      return found;
    } catch (error) {
      const known = error instanceof StoreUnavailableError ? this.known.get(key) : undefined;
      if (known === undefined || this.clock() - known.at > REMEMBERED) throw error;
      return known.found;
    }
  }

  private remember(key: string, found: FoundSession | null): void {
    this.known.delete(key);
    if (found === null) return;
    this.known.set(key, { found, at: this.clock() });
    if (this.known.size <= MOST_REMEMBERED) return;
    const [oldest] = this.known.keys();
    if (oldest !== undefined) this.known.delete(oldest);
  }
}
