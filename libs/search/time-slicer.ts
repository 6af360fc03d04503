import type { Order } from './search-service.ts';
import type { Piece } from './piece.ts';
import type { Step } from './planner.ts';
import { isEmpty } from './time-range.ts';

/** A segment is this many units long, however much it holds. */
export const UNITS_PER_SEGMENT = 64;
/** Arms of one statement: planning costs about 0.1 ms for each. */
const MAX_PIECES = 64;

/** Cuts the steps of a plan into slices of time, each some units long, across segments where they are large. */
export class TimeSlicer {
  private readonly steps: Step[];
  private readonly order: Order;

  constructor(steps: readonly Step[], order: Order) {
    this.steps = [...steps];
    this.order = order;
  }

  get done(): boolean {
    return this.steps.length === 0;
  }

  /** The next pieces, in order. */
  take(units: number): Piece[] {
    const pieces: Piece[] = [];
    let left = units;
    while (left > 0 && pieces.length < MAX_PIECES) {
      const step = this.steps[0];
      if (step === undefined) break;
      const unit = (step.segment.end - step.segment.start) / UNITS_PER_SEGMENT;
      const width = Math.max(1, Math.ceil(left * unit));
      const piece = this.cut(step, width);
      pieces.push(piece);
      left -= (piece.to - piece.from) / unit;
      // What rounding leaves over is no slice of its own.
      if (left < 1e-6 * units) left = 0;
    }
    return pieces;
  }

  private cut(step: Step, width: number): Piece {
    const piece =
      this.order === 'asc'
        ? { step, from: step.from, to: Math.min(step.to, step.from + width) }
        : { step, from: Math.max(step.from, step.to - width), to: step.to };
    const rest = this.order === 'asc' ? { ...step, from: piece.to } : { ...step, to: piece.from };
    if (isEmpty(rest)) this.steps.shift();
    else this.steps[0] = rest;
    return piece;
  }
}
