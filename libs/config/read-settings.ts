import { readFileSync } from 'node:fs';
import type { SettingDefinition } from './definition.ts';

interface Definition extends SettingDefinition<unknown> {
  /** It must be given. */
  readonly required?: boolean;
}

type Definitions = Readonly<Record<string, Definition>>;

/** The values of definitions, by the same keys. */
export type SettingValues<All> = {
  readonly [Key in keyof All]: All[Key] extends SettingDefinition<infer Value> ? Value : never;
};

/** Everything that is wrong with the settings, at once. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `${problems.length === 1 ? 'A setting is' : `${problems.length} settings are`} wrong:\n${problems
        .map((problem) => `  - ${problem}`)
        .join('\n')}`,
    );
    this.problems = problems;
  }
}

export interface SettingsSource {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Values of flags, by the name of their setting; they win over the environment. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Reads the file that a NAME_FILE variable names. */
  readonly readFile?: (path: string) => string;
}

/** Reads all settings. An empty variable counts as not given. Throws SettingsError. */
export function readSettings<All extends object>(
  definitions: All,
  source: SettingsSource,
): SettingValues<All> {
  const problems: string[] = [];
  const values = Object.entries(definitions as Definitions).map(([key, definition]) => {
    const value = readSetting(definition, source);
    if (value.ok) return [key, value.value] as const;
    problems.push(`${nameOf(definition, source)}: ${value.reason}`);
    return [key, definition.default] as const;
  });
  if (problems.length > 0) throw new SettingsError(problems);
  return Object.fromEntries(values) as SettingValues<All>;
}

type Read =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

function readSetting(definition: Definition, source: SettingsSource): Read {
  const given = givenText(definition, source);
  if (!given.ok) return given;
  if (given.value === null) {
    return definition.required === true
      ? { ok: false, reason: `it must be set (${definition.type.label})` }
      : { ok: true, value: definition.default };
  }
  const parsed = definition.type.parse(given.value);
  if (parsed.ok) return parsed;
  const shown = definition.secret === true ? 'its value' : `"${given.value}"`;
  return { ok: false, reason: `${shown} ${parsed.reason}` };
}

type Given =
  | { readonly ok: true; readonly value: string | null }
  | { readonly ok: false; readonly reason: string };

function givenText(definition: SettingDefinition<unknown>, source: SettingsSource): Given {
  const { name } = definition;
  const flag = source.flags?.[name];
  if (flag !== undefined) return { ok: true, value: flag };
  const direct = nonEmpty(source.environment[name]);
  const file =
    definition.secret === true ? nonEmpty(source.environment[`${name}_FILE`]) : undefined;
  if (file === undefined) return { ok: true, value: direct ?? null };
  if (direct !== undefined) return { ok: false, reason: `${name}_FILE is set too; give only one` };
  try {
    const read = source.readFile ?? ((path: string) => readFileSync(path, 'utf8'));
    return { ok: true, value: read(file).trim() };
  } catch {
    return { ok: false, reason: `the file ${file} of ${name}_FILE cannot be read` };
  }
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}

function nameOf(definition: SettingDefinition<unknown>, source: SettingsSource): string {
  return definition.flag !== undefined && source.flags?.[definition.name] !== undefined
    ? definition.flag
    : definition.name;
}
