import { load } from 'js-yaml';
import { format } from 'prettier';

const BEGIN = '<!-- values:begin -->';
const END = '<!-- values:end -->';

/**
 * The values of a chart that a comment with `# -- ` above them describes, with their defaults. Throws for one that no
 * comment covers, so that none is forgotten.
 */
export function chartValues(yaml) {
  const values = load(yaml);
  const rows = descriptions(yaml).map(({ path, description }) => {
    const value = path.split('.').reduce((parent, key) => parent[key], values);
    return { path, value: JSON.stringify(value), description };
  });
  for (const leaf of leaves(values, [])) {
    const isCovered = rows.some(({ path }) => leaf === path || leaf.startsWith(`${path}.`));
    if (!isCovered) throw new Error(`${leaf} has no description`);
  }
  return rows;
}

/** Comments and the path of the key below each; keys are two spaces apart. */
function descriptions(yaml) {
  const found = [];
  const path = [];
  let comment = null;
  for (const line of yaml.split('\n')) {
    const [, marker, text] = /^\s*# (-- )?(.*)$/.exec(line) ?? [];
    if (text !== undefined) {
      comment = marker === undefined ? comment && `${comment} ${text}` : text;
      continue;
    }
    const [, indent, key] = /^( *)([A-Za-z]+):/.exec(line) ?? [];
    if (key === undefined) continue;
    path.splice(indent.length / 2, path.length, key);
    if (comment !== null) found.push({ path: path.join('.'), description: comment });
    comment = null;
  }
  return found;
}

function leaves(value, path) {
  const isBranch = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  if (!isBranch) return [path.join('.')];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, [...path, key]));
}

/** README.md of the chart with its table of values between the markers replaced. */
export function chartReadme(readme, yaml) {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the page lacks "${BEGIN}" and "${END}"`);
  const rows = chartValues(yaml).map(
    ({ path, value, description }) => `| \`${path}\` | \`${value}\` | ${description} |`,
  );
  const table = ['| value | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
  return format(`${readme.slice(0, begin)}${BEGIN}\n\n${table}\n\n${readme.slice(end)}`, {
    parser: 'markdown',
    printWidth: 100,
  });
}
