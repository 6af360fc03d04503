import type { IncomingMessage } from 'node:http';
import type { Reservation } from '#delivery';
import { InFlight } from '#queue';

export type BodyReading =
  | { readonly kind: 'read'; readonly body: Buffer }
  | { readonly kind: 'too-large' }
  /** The budget of received bytes has no room for the rest. */
  | { readonly kind: 'no-room' }
  | { readonly kind: 'too-slow' }
  /** The server shuts down. */
  | { readonly kind: 'interrupted' }
  /** The sender closed the connection before the end. */
  | { readonly kind: 'gone' };

/** Reserve at least so much at a time for a body of unknown length. */
const GROWTH_BYTES = 64 * 1024;

interface Pending {
  readonly until: number;
  readonly end: (reading: BodyReading) => void;
}

/** Reads request bodies within bounds of size and time. */
export class BodyReader {
  private readonly maxBytes: number;
  private readonly timeoutMs: number;
  private readonly pending = new InFlight<Pending>();
  private readonly sweeper: NodeJS.Timeout;

  constructor(maxBytes: number, timeoutMs: number) {
    this.maxBytes = maxBytes;
    this.timeoutMs = timeoutMs;
    // One timer for all bodies: one for each would cost more than reading a small body.
    this.sweeper = setInterval(
      () => {
        this.sweep();
      },
      Math.min(1_000, timeoutMs),
    ).unref();
  }

  /** Ends what is being read. */
  close(): void {
    clearInterval(this.sweeper);
    for (const { end } of this.pending) end({ kind: 'interrupted' });
  }

  /** @param reserved bytes that the reservation holds for this body already */
  read(request: IncomingMessage, reserved: number, reservation: Reservation): Promise<BodyReading> {
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      let room = reserved;
      const finish = (reading: BodyReading): void => {
        this.pending.delete(pending);
        request.off('data', take);
        // Node discards what follows; without a consumer the connection would stall.
        if (reading.kind !== 'read') request.resume();
        resolve(reading);
      };
      const take = (chunk: Buffer): void => {
        bytes += chunk.length;
        if (bytes > this.maxBytes) {
          finish({ kind: 'too-large' });
          return;
        }
        if (bytes > room) {
          const more = Math.max(GROWTH_BYTES, bytes - room);
          if (!reservation.grow(more)) {
            finish({ kind: 'no-room' });
            return;
          }
          room += more;
        }
        chunks.push(chunk);
      };
      const pending: Pending = {
        until: performance.now() + this.timeoutMs,
        end: finish,
      };
      this.pending.add(pending);
      request.on('data', take);
      request.once('end', () => {
        const [first] = chunks;
        const whole = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
        finish({ kind: 'read', body: whole });
      });
      request.once('error', () => {
        finish({ kind: 'gone' });
      });
      request.once('close', () => {
        finish({ kind: 'gone' });
      });
    });
  }

  private sweep(): void {
    const now = performance.now();
    // In the order of arrival, so the first that has time left ends the search.
    for (const { until, end } of this.pending) {
      if (until > now) return;
      end({ kind: 'too-slow' });
    }
  }
}
