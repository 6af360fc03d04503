export function processOf(commandLine: string): string | null;
export function probe(port: number, path: string, secure?: boolean): Promise<string | null>;
