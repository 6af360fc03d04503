/** Every suite runs the TypeScript sources as ES modules: the `source` condition of package.json#imports. */
const project = (name, testMatch, more = {}) => ({
  displayName: name,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.angular/', '<rootDir>/.data/'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        module: { type: 'es6' },
        sourceMaps: 'inline',
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
      },
    ],
  },
  testMatch,
  ...more,
});

/**
 * unit: beside the code, with a real Postgres where it is needed. pipeline, faults, browser: the built program.
 * cluster: the operator and the chart on a real Kubernetes API.
 * `npm test` runs unit in two workers and the others one after the other (scripts/test.mjs).
 */
export default {
  testTimeout: 30_000,
  projects: [
    project(
      'unit',
      [
        '<rootDir>/libs/**/*.spec.ts',
        '<rootDir>/apps/**/*.spec.ts',
        '<rootDir>/scripts/**/*.spec.ts',
        '<rootDir>/bench/**/*.spec.ts',
        '<rootDir>/deploy/**/*.spec.ts',
      ],
      { setupFiles: ['@angular/localize/init'] },
    ),
    project('pipeline', ['<rootDir>/test/pipeline/**/*.spec.ts']),
    project('faults', ['<rootDir>/test/faults/**/*.spec.ts']),
    project('cluster', ['<rootDir>/test/cluster/**/*.spec.ts'], {
      setupFilesAfterEnv: ['<rootDir>/test/cluster/support/limit.mjs'],
    }),
    project('browser', ['<rootDir>/test/browser/**/*.spec.ts'], {
      globalSetup: undefined,
      globalTeardown: undefined,
    }),
  ],
};
