/**
 * The layers of ARCHITECTURE.md: imports go only downwards.
 * event, config, telemetry, retry, problem <- intake, query <- queue, store, index, columnar <- delivery, search <- process <- apps
 */
const layers = [
  ['libs/event', 'libs/config', 'libs/telemetry', 'libs/retry', 'libs/problem'],
  ['libs/intake', 'libs/query'],
  ['libs/queue', 'libs/store', 'libs/index', 'libs/columnar', 'libs/access', 'libs/pipeline'],
  ['libs/delivery', 'libs/search'],
  ['libs/process'],
  ['apps'],
  ['test', 'bench'],
];

const path = (folders) => `^(${folders.join('|')})/`;

const downwardsOnly = layers.slice(0, -1).map((folders, i) => ({
  name: `no-upward-import-from-${folders[0].replace('libs/', '')}`,
  comment: 'Imports go only downwards (ARCHITECTURE.md).',
  severity: 'error',
  from: { path: path(folders), pathNot: '\\.spec\\.ts$' },
  to: { path: path(layers.slice(i + 1).flat()) },
}));

export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    ...downwardsOnly,
    {
      name: 'apps-stand-alone',
      comment: 'standalone composes the apps and is the only one that imports others.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/standalone/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'event-is-pure',
      comment: 'libs/event has no I/O and no framework.',
      severity: 'error',
      from: { path: '^libs/(event|intake|query)/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['core'], path: '^(node:)?(fs|net|http|https|child_process|dns)' },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
