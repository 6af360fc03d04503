import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kubernetes, suite } from '../support/requirement.ts';
import { certificateSecret } from './support/certificate-secret.ts';
import type { KubernetesObject } from './support/kubernetes-object.ts';
import { valueAt } from './support/kubernetes-object.ts';
import { OperatorRun } from './support/operator-run.ts';

const LONGEST = 'l'.repeat(40);

/** Objects and Secrets that others made, or that were there before. */
suite('what a pipeline finds in its namespace', kubernetes, () => {
  let run: OperatorRun;
  beforeAll(async () => {
    run = await OperatorRun.start();
  }, 180_000);
  afterAll(() => run.stop(), 120_000);

  const untilSaid = (name: string, reason: string, words: string) =>
    run.pipelines.untilCondition(name, 'Ready', `says ${reason}`, (told) => {
      return told.reason === reason && told.message.includes(words);
    });
  const generationsOf = async (name: string) =>
    (await run.pipelines.children(name))
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ metadata }) => [metadata.name, metadata.uid, metadata.generation]);

  it('has room for names of children of the longest name', async () => {
    await run.pipelines.apply(LONGEST, { ingest: { spool: {} } });
    await run.pipelines.untilReady(LONGEST);
    await run.pipelines.remove(LONGEST);
  });

  it('is left alone where it has a name of a child, and is named', async () => {
    const { namespace } = run.pipelines;
    const theirs = await run.cluster.admin.create({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'cart', namespace },
    });
    await run.pipelines.apply('cart');
    await untilSaid('cart', 'NameTaken', 'ServiceAccount cart');
    expect(await run.pipelines.child('v1', 'ServiceAccount', 'cart')).toEqual(theirs);

    await run.cluster.admin.delete({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      namespace,
      name: 'cart',
    });
    await run.pipelines.untilReady('cart');
  });

  it('is what a pipeline of the same name left, which goes on in it', async () => {
    const before = valueAt(await run.pipelines.get('cart'), 'metadata.uid');
    await run.pipelines.remove('cart');
    await run.pipelines.apply('cart');
    await run.pipelines.untilReady('cart');
    const after = valueAt(await run.pipelines.get('cart'), 'metadata.uid');
    expect(after).not.toBe(before);
    await run.pipelines.until('all belong to the new one', async () => {
      const all = await run.pipelines.children('cart');
      // The Job is done, and goes with its owner.
      const lasting = all.filter(({ kind }) => kind !== 'Job');
      return (
        lasting.length > 20 &&
        lasting.every((child) => valueAt(child, 'metadata.ownerReferences.0.uid') === after)
      );
    });
  });

  it('is another pipeline with the same queues, whose events it would store', async () => {
    await run.pipelines.secret('broker', { uri: 'amqp://user:secret@127.0.0.1:1' });
    const rabbitmq = { uriSecretRef: { name: 'broker' } };
    await run.pipelines.applyAndMake('first', { rabbitmq });
    await run.pipelines.apply('second', { rabbitmq });
    await untilSaid('second', 'NameInUse', `the pipeline ${run.pipelines.namespace}/first`);
    expect(await run.pipelines.deployment('second-writer')).toBeNull();
    await run.pipelines.applyAndMake('third', { rabbitmq, queue: { prefix: 'third' } });
  });

  describe('as the certificate of its ingest', () => {
    const secret = () => ({ name: 'web', namespace: run.pipelines.namespace });

    it('is missed by name, and used once it is there', async () => {
      await run.pipelines.apply('tls', { ingest: { tls: { secretRef: { name: 'web' } } } });
      await untilSaid('tls', 'MissingSecret', 'spec.ingest.tls.secretRef names the Secret web');
      expect(await run.pipelines.deployment('tls-ingest')).toBeNull();
      await run.cluster.admin.apply(await certificateSecret(secret()));
      await run.pipelines.untilReady('tls');
      const probe = 'spec.template.spec.containers.0.readinessProbe.httpGet';
      expect(valueAt(await run.pipelines.deployment('tls-ingest'), probe)).toMatchObject({
        scheme: 'HTTPS',
        port: 'https',
      });
    });

    it('is renewed without rolling a pod', async () => {
      await run.idle();
      const before = await generationsOf('tls');
      await run.cluster.admin.apply(await certificateSecret(secret()));
      await run.passes(2, ['tls']);
      expect(await generationsOf('tls')).toEqual(before);
    });

    it('is said to be unusable where its key is another one, and pods stay as they are', async () => {
      const before = await generationsOf('tls');
      const [one, other] = [await certificateSecret(secret()), await certificateSecret(secret())];
      const dataOf = (made: KubernetesObject) =>
        made['stringData'] as Readonly<Record<string, string>>;
      const stringData = { ...dataOf(one), 'tls.key': dataOf(other)['tls.key'] };
      await run.cluster.admin.apply({ ...one, stringData });
      await untilSaid('tls', 'InvalidCertificate', 'tls.key is not the key of the certificate');
      expect(await generationsOf('tls')).toEqual(before);
      await run.cluster.admin.apply(one);
      await run.pipelines.untilReady('tls');
    });
  });
});
