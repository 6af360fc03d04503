import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kubernetes, suite } from '../support/requirement.ts';
import { GUIDE, ROOT } from './support/guide.ts';
import { Helm, HELM_VERSIONS } from './support/helm.ts';
import { resourcePath } from './support/kubernetes-object.ts';
import { TestCluster } from './support/test-cluster.ts';

/** Files that the commands name. */
const FILES = [
  ...GUIDE.text.matchAll(/(?:--filename |\]\(\.\.\/|\]\()([\w./-]+\.(?:yaml|md))/g),
].map(([whole, path = '']) =>
  whole.startsWith('](') && !whole.startsWith('](../') ? `docs/${path}` : path,
);

/** What docs/kubernetes.md tells people to write and to run. */
suite('the guide to Kubernetes', kubernetes, () => {
  let cluster: TestCluster;
  let namespace: string;
  let folder: string;
  beforeAll(async () => {
    cluster = await TestCluster.shared();
    await cluster.createDefinition();
    namespace = await cluster.createNamespace('guide');
    folder = await mkdtemp(join(tmpdir(), 'penstock-guide-'));
  }, 180_000);
  afterAll(async () => {
    await cluster.deleteNamespace(namespace);
    cluster.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('has resources and commands', () => {
    expect(GUIDE.objects.length).toBeGreaterThan(4);
    expect(GUIDE.helmCommands.length).toBeGreaterThan(2);
  });

  it.each(GUIDE.objects)(
    'has a $kind $metadata.name that the API server takes as it is',
    async (object) => {
      const { apiVersion, kind, metadata } = object;
      const path = resourcePath({ apiVersion, kind, namespace });
      const query = 'dryRun=All&fieldValidation=Strict';
      const answer = await cluster.admin.send('POST', `${path}?${query}`, {
        ...object,
        metadata: { ...metadata, namespace },
      });
      expect(answer).toMatchObject({ status: 201 });
    },
  );

  it.each(FILES)('names %s, which is there', async (path) => {
    await expect(readFile(join(ROOT, path), 'utf8')).resolves.not.toBe('');
  });

  describe.each(HELM_VERSIONS)('with %s', (version) => {
    it.each(GUIDE.helmCommands)('%s', async (command) => {
      const helm = new Helm({ version, folder, kubeconfig: cluster.access.kubeconfig, cwd: ROOT });
      const [, ...args] = command.split(' ');
      // install.spec.ts does it for real; here the definition is there already, without Helm.
      await helm.run(...args, '--take-ownership', '--dry-run=client');
    });
  });
});
