import { format } from 'prettier';

const BEGIN = '<!-- configuration:begin -->';
const END = '<!-- configuration:end -->';

const markdown = (text) => format(text, { parser: 'markdown', printWidth: 100 });

/** docs/configuration.md for a table of settings. */
export function configurationPage(table) {
  return markdown(`<!-- Made by npm run generate:docs from libs/config/settings.ts. -->

# Configuration

Settings are environment variables; some are flags of \`npm start\` too (\`npm start -- --port 4000\`), which win over
the variable. They are checked at start, and one message lists everything that is wrong. A variable with a
\`_FILE\` form may name a file that holds the value. Each process reads, and checks, only its own; one in bold does
not start without the setting. Sizes have a unit (\`B\`, \`KiB\`, \`MiB\`, \`GiB\`), and so have
durations (\`ms\`, \`s\`, \`m\`, \`h\`, \`d\`).

${table}
`);
}

/** A page with its table between the markers replaced. Throws when it has no markers. */
export async function withTable(page, table) {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the page lacks "${BEGIN}" and "${END}"`);
  return `${page.slice(0, begin)}${BEGIN}\n\n${await markdown(table)}\n${page.slice(end)}`;
}
