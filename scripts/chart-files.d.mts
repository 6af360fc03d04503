export function chartFiles(): Promise<{ readonly path: string; readonly text: string }[]>;
