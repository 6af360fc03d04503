import type { SettingType } from './setting-type.ts';

/** One setting: declared once, read at start, listed in docs/configuration.md. */
export interface SettingDefinition<Value> {
  /** The environment variable. */
  readonly name: string;
  readonly type: SettingType<NonNullable<Value>>;
  /** Null: not set. */
  readonly default: Value;
  readonly description: string;
  /** The flag of `npm start` that sets it too. */
  readonly flag?: string;
  /** A secret may also be given as the path of a file by NAME_FILE, and is never printed. */
  readonly secret?: boolean;
}

export function setting<Value>(definition: SettingDefinition<Value>): SettingDefinition<Value> {
  return definition;
}

/** A setting without a default: null when it is not given. */
export function optional<Value>(
  definition: Omit<SettingDefinition<Value>, 'default'>,
): SettingDefinition<Value | null> {
  return { ...definition, default: null };
}
