export class InitError extends Error {}

export function init(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
  chown?: (path: string, user: number, group: number) => void,
): string | null;
