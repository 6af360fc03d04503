import type { SettingDefinition } from './definition.ts';
import type { ProcessName } from './process-name.ts';
import type { SettingValues } from './read-settings.ts';
import { SETTINGS } from './settings.ts';

type Table = typeof SETTINGS;

/** Keys of the settings that a process reads. */
type KeysOf<Process extends ProcessName> = {
  [Key in keyof Table]: Process extends Table[Key]['usedBy'][number] ? Key : never;
}[keyof Table];

type ValueOf<Key extends keyof Table> = SettingValues<Table>[Key];

/** The values that a process reads; what it requires is never null. */
export type ProcessSettings<Process extends ProcessName> = {
  readonly [Key in KeysOf<Process>]: Process extends Table[Key]['requiredBy'][number]
    ? NonNullable<ValueOf<Key>>
    : ValueOf<Key>;
};

/** A setting as one process reads it. */
export interface ReadDefinition<Value> extends SettingDefinition<Value> {
  /** It must be given. */
  readonly required: boolean;
}

/** The definitions of the settings that a process reads. */
export function settingsOf<Process extends ProcessName>(
  process: Process,
): {
  readonly [Key in keyof ProcessSettings<Process>]: ReadDefinition<ProcessSettings<Process>[Key]>;
} {
  const has = (names: readonly ProcessName[]): boolean => names.includes(process);
  const read = Object.entries(SETTINGS)
    .filter(([, { usedBy }]) => has(usedBy))
    .map(([key, definition]) => [key, { ...definition, required: has(definition.requiredBy) }]);
  return Object.fromEntries(read) as ReturnType<typeof settingsOf<Process>>;
}
