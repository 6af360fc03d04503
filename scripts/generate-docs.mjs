/**
 * `npm run generate:docs`: the table of settings in docs/configuration.md and between the markers of README.md, the
 * table of metrics in docs/metrics.md, the dashboard for Grafana, the CustomResourceDefinition and docs/crd.md from
 * libs/pipeline, and what the chart has from elsewhere.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SETTINGS, settingsTable } from '#config';
import { crdPage, customResourceDefinition } from '#pipeline';
import { chartFiles } from './chart-files.mjs';
import { configurationPage, withTable } from './configuration-page.mjs';
import { metricCatalog } from './metrics/catalog.mjs';
import { metricsPage } from './metrics/page.mjs';
import { dashboardJson } from './metrics/dashboard-json.mjs';
import { CRD_FILE, CRD_PAGE, crdFile, markdownFile } from './pipeline-files.mjs';
import { ROOT } from './prepare.mjs';

const table = settingsTable(SETTINGS);
writeFileSync(join(ROOT, 'docs/configuration.md'), await configurationPage(table));
const readme = join(ROOT, 'README.md');
if (existsSync(readme)) writeFileSync(readme, await withTable(readFileSync(readme, 'utf8'), table));
writeFileSync(join(ROOT, 'docs/metrics.md'), await metricsPage(await metricCatalog()));
writeFileSync(join(ROOT, 'deploy/grafana/penstock.json'), await dashboardJson());
writeFileSync(join(ROOT, CRD_FILE), await crdFile(customResourceDefinition()));
writeFileSync(join(ROOT, CRD_PAGE), await markdownFile(crdPage()));
for (const { path, text } of await chartFiles()) writeFileSync(join(ROOT, path), text);
