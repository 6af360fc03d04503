import type { Role } from '../api/session-api.ts';

export function roleName(role: Role): string {
  const names: Readonly<Record<Role, string>> = {
    viewer: $localize`Viewer`,
    editor: $localize`Editor`,
    admin: $localize`Admin`,
  };
  return names[role];
}

/** What a role lets its users do. */
export function roleHelp(role: Role): string {
  const help: Readonly<Record<Role, string>> = {
    viewer: $localize`Reads and searches.`,
    editor: $localize`Also saves searches and exports.`,
    admin: $localize`Does everything, and sees all services.`,
  };
  return help[role];
}
