/** Browsers clip elements somewhere above 16,000,000 px; Chromium's precision suffers before. */
export const MAX_CONTENT_PX = 8_000_000;

/**
 * Maps the scroll bar to the rows. Up to `MAX_CONTENT_PX` one scrolled pixel is one pixel of rows; a longer
 * list gets a bounded scroll area, and a pixel of the bar stands for several pixels of rows.
 */
export class ScrollMap {
  readonly rowHeight: number;
  readonly rows: number;
  readonly viewport: number;
  /** Height in px that the rows together would have. */
  readonly fullHeight: number;
  /** Height in px of the scrolled element. */
  readonly contentHeight: number;

  constructor(rowHeight: number, rows: number, viewport: number) {
    this.rowHeight = rowHeight;
    this.rows = rows;
    this.viewport = viewport;
    this.fullHeight = rowHeight * rows;
    this.contentHeight = Math.min(this.fullHeight, MAX_CONTENT_PX);
  }

  get scaled(): boolean {
    return this.fullHeight > this.contentHeight;
  }

  get maxOffset(): number {
    return Math.max(0, this.fullHeight - this.viewport);
  }

  /** Px of rows above the viewport for a position of the scroll bar. */
  offsetAt(scrollTop: number): number {
    if (!this.scaled) return scrollTop;
    const scrollable = Math.max(1, this.contentHeight - this.viewport);
    return (scrollTop / scrollable) * this.maxOffset;
  }

  scrollTopFor(offset: number): number {
    if (!this.scaled) return offset;
    return (offset / Math.max(1, this.maxOffset)) * (this.contentHeight - this.viewport);
  }

  /** The rows to draw, inclusive, with a few more on both sides. */
  visible(offset: number, overscan: number): { readonly first: number; readonly last: number } {
    const first = Math.floor(offset / this.rowHeight) - overscan;
    const last = Math.ceil((offset + this.viewport) / this.rowHeight) + overscan;
    return { first: Math.max(0, first), last: Math.min(this.rows - 1, last) };
  }

  /** The offset nearest to the present one at which the whole row is in view. */
  revealing(position: number, offset: number): number {
    const top = position * this.rowHeight;
    if (top < offset) return top;
    const bottom = top + this.rowHeight;
    return bottom > offset + this.viewport ? bottom - this.viewport : offset;
  }
}
