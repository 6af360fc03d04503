export function dashboardJson(): Promise<string>;
