import { joinWindows, type Window } from '#columnar';
import type { Order } from '../search-service.ts';

/** Gives out windows in order, about so many events at a time; a window is cut where it holds more. */
export class WindowSlicer {
  private readonly windows: Window[];
  private readonly order: Order;

  /** @param windows oldest first, without overlap */
  constructor(windows: readonly Window[], order: Order) {
    this.windows = order === 'asc' ? [...windows] : [...windows].reverse();
    this.order = order;
  }

  get done(): boolean {
    return this.windows.length === 0;
  }

  /** What comes next, neighbours joined, oldest first; at most `most` stretches. */
  take(events: number, most: number): Window[] {
    const taken: Window[] = [];
    let left = events;
    while (left > 0) {
      const window = this.windows[0];
      if (window === undefined) break;
      const part = this.cut(window, left);
      if (joinWindows([...taken, part]).length > most) {
        this.windows.unshift(part);
        break;
      }
      taken.push(part);
      left -= part.events;
    }
    return joinWindows(taken);
  }

  /** Takes a window out, or the first part of it where it holds clearly more. */
  private cut(window: Window, events: number): Window {
    this.windows.shift();
    const width = Math.ceil(((window.to - window.from) * events) / window.events);
    if (window.events <= events * 1.5 || width >= window.to - window.from) return window;
    const rest = window.events - events;
    if (this.order === 'asc') {
      const middle = window.from + width;
      this.windows.unshift({ ...window, from: middle, events: rest });
      return { ...window, to: middle, events };
    }
    const middle = window.to - width;
    this.windows.unshift({ ...window, to: middle, events: rest });
    return { ...window, from: middle, events };
  }
}
