/** Every suite runs the TypeScript sources as ES modules: the `source` condition of package.json#imports. */
const project = (name, testMatch, more = {}) => ({
  displayName: name,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
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

export default {
  projects: [project('unit', ['<rootDir>/libs/**/*.spec.ts', '<rootDir>/apps/!(ui)/**/*.spec.ts'])],
};
