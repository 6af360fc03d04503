import { SETTINGS, type SettingDefinition } from '#config';
import { StartupError } from '#process';

/** What the arguments ask for: help, or values of settings by their names. */
export type CommandLine =
  | { readonly kind: 'help' }
  | { readonly kind: 'run'; readonly values: Readonly<Record<string, string>> };

const FLAGS: readonly SettingDefinition<unknown>[] = Object.values(SETTINGS).filter(
  (definition) => definition.flag !== undefined,
);

/** Reads `--port 4000` and `--port=4000`. Throws StartupError for anything else. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const values: Record<string, string> = {};
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--help' || arg === '-h') return { kind: 'help' };
    const [flag, inline] = splitFlag(arg);
    const definition = FLAGS.find((known) => known.flag === flag);
    if (definition === undefined)
      throw new StartupError(
        `Unknown argument "${arg}": known are ${FLAGS.map((known) => known.flag).join(', ')} and --help.`,
      );
    const value = inline ?? rest.shift();
    if (value === undefined || value === '')
      throw new StartupError(
        `${flag} needs a value, for example ${flag} ${exampleOf(definition)}.`,
      );
    values[definition.name] = value;
  }
  return { kind: 'run', values };
}

export function helpText(): string {
  const lines = FLAGS.map(
    ({ flag = '', name, description }) => `  ${flag.padEnd(12)} ${description} (also ${name})`,
  );
  return `Penstock takes logs over HTTP, stores them in Postgres and searches them.

Usage: npm start -- [options]

${lines.join('\n')}
  --help       This text.

All settings: docs/configuration.md
`;
}

function splitFlag(arg: string): [flag: string, inline: string | undefined] {
  const at = arg.indexOf('=');
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
}

function exampleOf({ flag, default: value }: SettingDefinition<unknown>): string {
  if (typeof value === 'number') return String(value);
  return flag === '--host' ? '127.0.0.1' : './data';
}
