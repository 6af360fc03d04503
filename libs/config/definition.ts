import type { ProcessName } from './process-name.ts';
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

/** A setting and the processes that read it: the others neither check it nor stumble over it. */
export interface ProcessSetting<
  Value,
  UsedBy extends ProcessName,
  RequiredBy extends ProcessName,
> extends SettingDefinition<Value> {
  readonly usedBy: readonly UsedBy[];
  /** Processes that do not start without it; the others among `usedBy` can do without. */
  readonly requiredBy: readonly RequiredBy[];
}

/** What a declaration gives; the type of the value follows from `type` alone. */
interface Declared<Value, UsedBy extends ProcessName> extends Omit<
  SettingDefinition<Value>,
  'default' | 'type'
> {
  readonly type: SettingType<Value>;
  readonly usedBy: readonly UsedBy[];
}

export function setting<Value, const UsedBy extends ProcessName>(
  definition: Declared<Value, UsedBy> & { readonly default: NoInfer<Value> },
): ProcessSetting<Value, UsedBy, never> {
  const type = definition.type as SettingType<NonNullable<Value>>;
  return { ...definition, type, requiredBy: [] };
}

/** A setting without a default: null when it is not given. */
export function optional<
  Value,
  const UsedBy extends ProcessName,
  const RequiredBy extends ProcessName = never,
>(
  definition: Declared<Value, UsedBy> & { readonly requiredBy?: readonly RequiredBy[] },
): ProcessSetting<Value | null, UsedBy, RequiredBy> {
  const type = definition.type as SettingType<NonNullable<Value>>;
  return { ...definition, type, default: null, requiredBy: definition.requiredBy ?? [] };
}
