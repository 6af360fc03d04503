/** Where each program of the control plane is, by its name, or null where one is missing. */
export function findPrograms(): Readonly<Record<string, string>> | null;
