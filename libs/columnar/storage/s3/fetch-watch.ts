import { Transform } from 'node:stream';

/** Gives up a fetch that takes too long, or of which no byte has come for a while. */
export class FetchWatch {
  readonly signal: AbortSignal;
  private readonly broken = new AbortController();
  private late: NodeJS.Timeout;
  private stall: NodeJS.Timeout | null = null;

  constructor(signal: AbortSignal, answerMs: number) {
    this.signal = AbortSignal.any([signal, this.broken.signal]);
    this.late = this.after(answerMs, `no answer within ${answerMs / 1_000} s`);
  }

  /** From here on bytes come, through the stream that it gives. */
  begin(wholeMs: number, stallMs: number): Transform {
    clearTimeout(this.late);
    this.late = this.after(wholeMs, `it took longer than ${(wholeMs / 1_000).toFixed(0)} s`);
    const stall = this.after(stallMs, `no byte came for ${stallMs / 1_000} s`);
    this.stall = stall;
    return new Transform({
      transform(chunk, _encoding, done) {
        stall.refresh();
        done(null, chunk);
      },
    });
  }

  /** Why it was given up, else the error. */
  causeOf(error: unknown): unknown {
    return this.broken.signal.aborted ? this.broken.signal.reason : error;
  }

  end(): void {
    clearTimeout(this.late);
    if (this.stall !== null) clearTimeout(this.stall);
  }

  private after(ms: number, reason: string): NodeJS.Timeout {
    return setTimeout(() => {
      this.broken.abort(new Error(reason));
    }, ms);
  }
}
