export function isUnread(path: string): boolean;
export function prune(folder: string): number;
