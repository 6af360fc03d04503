/** Every metric that the code defines, found where it is defined. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = join(import.meta.dirname, '../..');
const DEFINES = /\bdefine(?:Event|Gauge)(?=[<(])/g;
const EVERY_PROCESS = ['standalone', 'ingest', 'writer', 'gateway', 'keeper'];
const WITH_OPERATOR = [...EVERY_PROCESS, 'operator'];
const WITH_RABBITMQ = ['ingest', 'writer', 'gateway'];
const WITH_STORE = ['standalone', 'writer', 'gateway', 'keeper'];

/** Which processes have the metrics of a file; the first entry that a path begins with counts. */
const USED_BY = [
  ['libs/telemetry/', WITH_OPERATOR],
  ['libs/process/', WITH_OPERATOR],
  // The gateway publishes what is replayed from quarantine.
  ['libs/delivery/ingest/', ['standalone', 'ingest', 'gateway']],
  ['libs/delivery/writer/', ['standalone', 'writer']],
  ['libs/queue/spool/', ['ingest']],
  ['libs/queue/rabbitmq/', WITH_RABBITMQ],
  ['libs/queue/', ['standalone', ...WITH_RABBITMQ]],
  ['libs/store/connection-gauges.ts', WITH_STORE],
  ['libs/store/heartbeat/pipeline-gauges.ts', ['standalone', 'gateway']],
  ['libs/store/heartbeat/', EVERY_PROCESS],
  ['libs/store/jobs/', ['standalone', 'keeper']],
  ['libs/store/', ['standalone', 'writer']],
  ['libs/index/', WITH_STORE],
  ['libs/columnar/archive/', ['standalone', 'keeper']],
  ['libs/columnar/cache/', ['standalone', 'gateway']],
  ['libs/columnar/read/', ['standalone', 'gateway']],
  ['libs/access/oidc/', ['standalone', 'gateway']],
  ['libs/access/ingest-tokens/', ['standalone', 'ingest']],
  ['libs/access/', ['standalone', 'gateway']],
  ['libs/search/', ['standalone', 'gateway']],
  ['apps/gateway/', ['standalone', 'gateway']],
  ['apps/operator/', ['operator']],
  ['apps/standalone/', ['standalone']],
];

/**
 * All metrics by name, in the order of their names: `{ name, kind, labels, help, processes, file }`.
 * Throws where a definition is not exported, two disagree, or nobody knows which processes have it.
 */
export async function metricCatalog() {
  const catalog = new Map();
  for (const file of definingFiles()) {
    for (const metric of await metricsOf(file)) enter(catalog, { ...metric, file });
  }
  return new Map([...catalog].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function definingFiles() {
  return globSync('{libs,apps}/**/*.ts', { cwd: ROOT, exclude: isElsewhere })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.endsWith('.spec.ts') && path !== 'libs/telemetry/telemetry.ts')
    .filter((path) => definitionsIn(path) > 0)
    .sort();
}

/** The page is another program, and what is made for tests has no metrics of ours. */
function isElsewhere(path) {
  return path === 'apps/ui' || path.endsWith('/testing') || path.endsWith('node_modules');
}

function definitionsIn(file) {
  return readFileSync(join(ROOT, file), 'utf8').match(DEFINES)?.length ?? 0;
}

async function metricsOf(file) {
  const exported = Object.values(await import(pathToFileURL(join(ROOT, file)).href));
  const definitions = exported.filter(isDefinition);
  if (definitions.length !== definitionsIn(file))
    throw new Error(`${file} defines events or gauges that it does not export`);
  return definitions.flatMap((definition) =>
    'kind' in definition ? [observed(definition)] : (definition.metrics ?? []).map(moved),
  );
}

/** An event of `defineEvent`, or a gauge of `defineGauge`. */
function isDefinition(value) {
  return (
    typeof value === 'object' &&
    value !== null &&
    (typeof value.message === 'function' || value.kind === 'gauge')
  );
}

function observed({ kind, name, help, labels = [] }) {
  return { kind, name, help, labels: [...labels] };
}

function moved({ kind, name, help, labels = {} }) {
  return { kind, name, help, labels: Object.keys(labels) };
}

function enter(catalog, metric) {
  const processes = USED_BY.find(([path]) => metric.file.startsWith(path))?.[1];
  if (processes === undefined)
    throw new Error(`scripts/metrics/catalog.mjs does not say which processes use ${metric.file}`);
  const known = catalog.get(metric.name);
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  if (known !== undefined && !(known.kind === metric.kind && same(known.labels, metric.labels)))
    throw new Error(`${metric.name} is defined twice, and differently: see ${metric.file}`);
  catalog.set(metric.name, known ?? { ...metric, processes });
}
