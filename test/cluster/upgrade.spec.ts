import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { kubernetes, suite } from '../support/requirement.ts';
import { valueAt } from './support/kubernetes-object.ts';
import { OperatorRun } from './support/operator-run.ts';

const PARTS = ['writer', 'keeper', 'ingest', 'gateway'] as const;
const OLD = 'penstock:1';
/** Pods of it run and do not turn ready. */
const STUCK = 'penstock:never-ready';
const NEW = 'penstock:2';

/** Who gets a new image when: writers read what older processes publish, not what newer ones do. */
suite('a pipeline that gets another image', kubernetes, () => {
  let run: OperatorRun;
  beforeAll(async () => {
    run = await OperatorRun.start();
    await apply(OLD);
    await run.pipelines.untilReady('shop');
  }, 240_000);
  afterAll(() => run.stop(), 120_000);

  const apply = (image: string) =>
    run.pipelines.apply('shop', { image, writer: { replicas: 2, scaling: { engine: 'None' } } });
  const deployment = (part: string) => run.pipelines.deployment(`shop-${part}`);
  const images = () =>
    Promise.all(
      PARTS.map(async (part) =>
        valueAt(await deployment(part), `spec.template.spec.containers.${part}.image`),
      ),
    );
  const untilHeld = (): Promise<void> =>
    run.pipelines.untilCondition('shop', 'Ready', 'says what it waits for', (told) => {
      const words = '1 of 2 have it, 2 still have another';
      return told.reason === 'WritersRolling' && told.message.includes(words);
    });

  it('keeps ingest and gateway as they are while a writer has the old one', async () => {
    expect(await images()).toEqual([OLD, OLD, OLD, OLD]);
    await apply(STUCK);
    await untilHeld();
    expect(await images()).toEqual([STUCK, STUCK, OLD, OLD]);
    await run.restart();
    await run.touch('shop');
    await run.idle();
    await untilHeld();
    expect(await images()).toEqual([STUCK, STUCK, OLD, OLD]);
  });

  it('may go back at once', async () => {
    await apply(OLD);
    await run.pipelines.untilReady('shop');
    expect(await images()).toEqual([OLD, OLD, OLD, OLD]);
  });

  it('has it everywhere once all writers have it', async () => {
    await apply(NEW);
    await run.pipelines.until('ingest has the new image', async () => {
      return (await images())[2] === NEW;
    });
    const writers = await deployment('writer');
    expect(writers?.['status']).toMatchObject({
      replicas: 2,
      updatedReplicas: 2,
      availableReplicas: 2,
    });
    await run.pipelines.untilReady('shop');
    expect(await images()).toEqual([NEW, NEW, NEW, NEW]);
  });
});
