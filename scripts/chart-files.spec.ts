import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { chartFiles } from './chart-files.mjs';
import { chartValues } from './chart-readme.mjs';

const root = new URL('../', import.meta.url);

describe('files of the chart that have their source elsewhere', () => {
  it('agree with it (npm run generate:docs)', async () => {
    for (const { path, text } of await chartFiles())
      expect({ path, text: readFileSync(new URL(path, root), 'utf8') }).toEqual({ path, text });
  });

  it.each(['crds', 'prometheus', 'grafana'])('are all that there are in %s', async (folder) => {
    const path = `deploy/helm/penstock/files/${folder}/`;
    const names = (await chartFiles())
      .filter((file) => file.path.startsWith(path))
      .map((file) => file.path.slice(path.length));
    expect(names).not.toEqual([]);
    expect(readdirSync(new URL(path, root)).sort()).toEqual(names.sort());
  });
});

describe('values of a chart', () => {
  it('have the comment above them as their description, and a block as one value', () => {
    const yaml =
      "a:\n  # -- First,\n  # on two lines.\n  b: ''\n# -- Second.\nc:\n  d: 1\n  e: 2\n";
    expect(chartValues(yaml)).toEqual([
      { path: 'a.b', value: '""', description: 'First, on two lines.' },
      { path: 'c', value: '{"d":1,"e":2}', description: 'Second.' },
    ]);
  });

  it('need a description', () => {
    expect(() => chartValues('a: 1\n')).toThrow('a has no description');
  });
});
