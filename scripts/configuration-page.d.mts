export function configurationPage(table: string): Promise<string>;
export function withTable(page: string, table: string): Promise<string>;
