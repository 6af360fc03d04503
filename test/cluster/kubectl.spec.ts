import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kubectl as program, kubernetes, suite, type Requirement } from '../support/requirement.ts';
import { GUIDE, ROOT } from './support/guide.ts';
import { Kubectl } from './support/kubectl.ts';
import { valueAt } from './support/kubernetes-object.ts';
import { OperatorRun } from './support/operator-run.ts';

/** They speak to containers, and here pods are only played. */
const TO_CONTAINERS = /^kubectl (port-forward|exec) /;
const LINES = GUIDE.kubectlCommands.filter((line) => !TO_CONTAINERS.test(line));

const both: Requirement = {
  name: `${kubernetes.name}, and ${program.name}`,
  remedy: `${kubernetes.remedy}; ${program.remedy}`,
  found: kubernetes.found === null ? null : program.found,
  optional: true,
};

/** The guide's lines with kubectl, in its order, and what people see by them. */
suite('kubectl', both, () => {
  let run: OperatorRun;
  let kubectl: Kubectl;
  let folder: string;
  beforeAll(async () => {
    run = await OperatorRun.start();
    // Commands write files where they are run, and name those of the project.
    folder = await mkdtemp(join(tmpdir(), 'penstock-kubectl-'));
    await symlink(join(ROOT, 'deploy'), join(folder, 'deploy'));
    kubectl = await Kubectl.in(run.cluster, run.pipelines.namespace, folder);
  }, 180_000);
  afterAll(async () => {
    await run.stop();
    await rm(folder, { recursive: true, force: true });
  }, 120_000);

  describe('of the guide', () => {
    it('is used for what the guide is about', () => {
      const verbs = LINES.map((line) => /kubectl (\w+)/.exec(line)?.[1]);
      for (const verb of ['apply', 'wait', 'get', 'describe', 'scale'])
        expect(verbs).toContain(verb);
    });

    it.each(LINES)('%s', async (line) => {
      if (line.includes(' scale ')) await scaledByHand();
      await kubectl.run(line);
    });

    it('scales the writers', async () => {
      await run.pipelines.until('there are to be three writers', async () => {
        return valueAt(await run.pipelines.deployment('shop-writer'), 'spec.replicas') === 3;
      });
    });
  });

  /** The resource that the guide shows before it scales it. */
  const scaledByHand = async (): Promise<void> => {
    const byHand = GUIDE.objects.find((object) => {
      return valueAt(object, 'spec.writer.scaling.engine') === 'None';
    });
    await run.pipelines.apply('shop', byHand?.['spec'] as object);
  };

  it('shows what matters in columns, by the short name and by the category', async () => {
    const [header = '', row = ''] = (await kubectl.run('kubectl get lp')).trim().split('\n');
    expect(header.split(/\s+/)).toEqual(['NAME', 'READY', 'WRITERS', 'BACKLOG', 'AGE']);
    expect(row).toMatch(/^shop +True +\d /);
    expect(await kubectl.run('kubectl get penstock --output name')).toBe(
      'logpipeline.penstock.dev/shop\n',
    );
    const wide = await kubectl.run('kubectl get lp --output wide');
    expect(wide.split('\n')[0]?.split(/\s+/)).toEqual(
      expect.arrayContaining(['REASON', 'DESIRED', 'SCALING', 'IMAGE']),
    );
  });

  it('explains every field', async () => {
    const all = await kubectl.run('kubectl explain logpipeline.spec --recursive');
    for (const field of ['oidc', 'clientCaSecretRef', 'targetDrainSeconds', 'uriSecretRef'])
      expect(all).toMatch(new RegExp(`^ +${field}\\t`, 'm'));
    const spec = await kubectl.run('kubectl explain logpipeline.spec');
    expect(spec).toContain('An empty one gives a working pipeline');
    expect(spec).not.toContain('<no description>');
    expect(await kubectl.run('kubectl explain logpipeline.spec.retention.rules.match')).toContain(
      'level:',
    );
  });

  it('is told what to write by a refusal', async () => {
    const patch = JSON.stringify({ spec: { writer: { scaling: { minReplicas: 50 } } } });
    await expect(
      kubectl.run(`kubectl patch lp shop --type merge --patch '${patch}'`),
    ).rejects.toThrow('minReplicas must not be above maxReplicas');
  });
});
