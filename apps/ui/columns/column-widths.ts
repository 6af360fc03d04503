export const LEAST_WIDTH = 48;
export const MOST_WIDTH = 1_200;

/** Px within what a column may have. */
export function clampWidth(px: number): number {
  return Math.round(Math.max(LEAST_WIDTH, Math.min(MOST_WIDTH, px)));
}

/** `name:px,name:px` of the URL; what is not written so is left out. */
export function readWidths(text: string | null): ReadonlyMap<string, number> {
  const widths = new Map<string, number>();
  for (const part of (text ?? '').split(',')) {
    const [, name, px] = /^(.+):(\d{1,5})$/.exec(part) ?? [];
    if (name !== undefined) widths.set(name, clampWidth(Number(px)));
  }
  return widths;
}

/** Null where no column has a width of its own. */
export function writeWidths(widths: ReadonlyMap<string, number>): string | null {
  if (widths.size === 0) return null;
  return [...widths].map(([name, px]) => `${name}:${px.toString()}`).join(',');
}
