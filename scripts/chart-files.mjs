import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { chartReadme } from './chart-readme.mjs';
import { ROOT } from './prepare.mjs';

const CHART = 'deploy/helm/penstock';

/** A chart reads only what lies in its folder, so these are copies. */
const COPIES = {
  'deploy/crds': 'crds',
  'deploy/prometheus': 'prometheus',
  'deploy/grafana': 'grafana',
};
const isCopied = (name) => /\.(ya?ml|json)$/.test(name);

const read = (path) => readFileSync(join(ROOT, path), 'utf8');

/**
 * Files of the chart that have their source elsewhere: definitions, alerts and dashboards, and its README from its
 * values. The dashboard is generated itself, so it has to be written before.
 */
export async function chartFiles() {
  const copies = Object.entries(COPIES).flatMap(([folder, copy]) =>
    readdirSync(join(ROOT, folder))
      .filter(isCopied)
      .map((name) => ({ path: `${CHART}/files/${copy}/${name}`, text: read(`${folder}/${name}`) })),
  );
  const readme = `${CHART}/README.md`;
  const text = await chartReadme(read(readme), read(`${CHART}/values.yaml`));
  return [...copies, { path: readme, text }];
}
