import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { SETTINGS, settingsTable } from '#config';
import { LIMITS } from '#event';
import { crdPage, customResourceDefinition } from '#pipeline';
import { configurationPage, withTable } from './configuration-page.mjs';
import { CRD_FILE, CRD_PAGE, crdFile, markdownFile } from './pipeline-files.mjs';

const committed = (name: string): string =>
  readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

describe('generated documentation', () => {
  const table = settingsTable(SETTINGS);

  it('docs/configuration.md agrees with the settings (npm run generate:docs)', async () => {
    expect(committed('docs/configuration.md')).toBe(await configurationPage(table));
  });

  it('the table of README.md agrees with the settings (npm run generate:docs)', async () => {
    const readme = committed('README.md');
    expect(readme).toBe(await withTable(readme, table));
  });

  it('the CustomResourceDefinition agrees with libs/pipeline (npm run generate:docs)', async () => {
    expect(committed(CRD_FILE)).toBe(await crdFile(customResourceDefinition()));
  });

  it('docs/crd.md agrees with libs/pipeline (npm run generate:docs)', async () => {
    expect(committed(CRD_PAGE)).toBe(await markdownFile(crdPage()));
  });
});

describe('README.md', () => {
  const readme = committed('README.md').replaceAll(/\s+/g, ' ');
  const number = (value: number): string => value.toLocaleString('en');
  const size = (bytes: number): string =>
    bytes < 1024 ** 2 ? `${bytes / 1024} KiB` : `${bytes / 1024 ** 2} MiB`;

  it.each([
    `a message of ${size(LIMITS.messageBytes)}`,
    `metadata of ${size(LIMITS.metadataBytes)} with ${number(LIMITS.metadataKeys)} keys in ${LIMITS.metadataDepth} levels`,
    `each key ${number(LIMITS.metadataKeyBytes)} bytes`,
    `${number(LIMITS.textFieldBytes)} bytes in each other field`,
    `${size(LIMITS.eventBytes)} in all`,
    `${number(LIMITS.eventsPerRequest)} events, ${size(LIMITS.bodyBytes)} as it is sent and ${size(LIMITS.inflatedBytes)} unpacked`,
  ])('says what intake accepts: %s', (bound) => {
    expect(readme).toContain(bound);
  });
});
