import type { ProcessSetting, SettingDefinition } from './definition.ts';
import { PROCESS_NAMES, type ProcessName } from './process-name.ts';

type Definition = ProcessSetting<unknown, ProcessName, ProcessName>;
type Definitions = Readonly<Record<string, Definition>>;

/** The Markdown table of docs/configuration.md and the README. */
export function settingsTable(definitions: object): string {
  const rows = Object.values(definitions as Definitions).map(
    (definition) =>
      `| ${nameCell(definition)} | ${definition.type.label} | ${defaultCell(definition)} | ${processesCell(definition)} | ${definition.description} |`,
  );
  return [
    '| Variable | Value | Default | Read by | Meaning |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function nameCell({ name, flag, secret }: SettingDefinition<unknown>): string {
  const file = secret === true ? `, \`${name}_FILE\`` : '';
  return `\`${name}\`${file}${flag === undefined ? '' : `, \`${flag}\``}`;
}

function defaultCell(definition: SettingDefinition<unknown>): string {
  const { default: value, type } = definition;
  const shown = value === null ? '' : type.format(value as never);
  return shown === '' ? 'not set' : `\`${shown}\``;
}

function processesCell({ usedBy, requiredBy }: Definition): string {
  const names = PROCESS_NAMES.filter((name) => usedBy.includes(name)).map((name) =>
    requiredBy.includes(name) ? `**${name}**` : name,
  );
  return names.length === PROCESS_NAMES.length && requiredBy.length === 0
    ? 'all'
    : names.join(', ');
}
