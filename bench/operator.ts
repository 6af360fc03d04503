import { setTimeout as delay } from 'node:timers/promises';
import { BrokerMetrics } from '../test/cluster/support/broker-metrics.ts';
import { valueAt } from '../test/cluster/support/kubernetes-object.ts';
import { requestCount } from '../test/cluster/support/operator-figures.ts';
import { OperatorRun } from '../test/cluster/support/operator-run.ts';
import { offerTestCluster } from '../test/support/test-cluster.mjs';
import { familyCpuSeconds } from './process-usage.ts';
import type { Report } from './report.ts';

const MIB = 2 ** 20;
const POLL_MS = 100;
const PATIENCE_MS = 600_000;
const USER = { username: 'monitor', password: 'of-the-bench' };
const IDLE_PASSES = 3;

/** What is promised: seconds from apply to all objects of one pipeline and of 100, MiB of memory, seconds to react. */
const TARGETS = { one: 2, many: 60, memory: 200, reaction: 20 };

/** The operator on a control plane of its own, whose pods kwok plays: what making and keeping pipelines costs. */
export async function benchOperator(count: number, report: Report): Promise<void> {
  const offered = await offerTestCluster();
  if (offered === null)
    throw new Error('the control plane is not built: npm run build:control-plane');
  try {
    const run = await OperatorRun.start();
    try {
      await benchOne(run, report);
      await benchReaction(run, report);
      await benchMany(run, count, report);
    } finally {
      await run.stop();
    }
  } finally {
    await offered.close();
  }
}

async function benchOne(run: OperatorRun, report: Report): Promise<void> {
  // The first one also pays for code that runs for the first time.
  for (const name of ['first', 'second']) {
    const seconds = await timed(() => applyAndMake(run, [name]));
    report.line(`operator, ${name} pipeline: all objects ${seconds.toFixed(2)} s after its apply`);
    report.verdict(`target ${TARGETS.one} s`, seconds < TARGETS.one);
  }
  const objects = (await run.pipelines.children('first')).length;
  report.verdict(`${objects} objects without Secrets`, objects >= 25);
}

async function benchMany(run: OperatorRun, count: number, report: Report): Promise<void> {
  const names = Array.from({ length: count }, (_, i) => `many-${i}`);
  const before = await run.figures();
  const cpuBefore = familyCpuSeconds(run.operator.pid);
  const begun = performance.now();
  const made = await timed(() => applyAndMake(run, names));
  await untilAll(run, names, 'Ready');
  const ready = (performance.now() - begun) / 1_000;
  await run.idle();
  const after = await run.figures();
  const requests = requestCount(after) - requestCount(before);
  const reconciliations = after.reconciliations - before.reconciliations;
  report.line(
    `operator, ${count} pipelines at once: all objects ${made.toFixed(1)} s after the apply, all ready after ${ready.toFixed(1)} s; ` +
      `${(requests / count).toFixed(1)} API requests and ${(reconciliations / count).toFixed(1)} reconciliations per pipeline, ` +
      `${(familyCpuSeconds(run.operator.pid) - cpuBefore).toFixed(1)} CPU s of the operator`,
  );
  report.verdict(`target ${TARGETS.many} s for all objects`, made < TARGETS.many);
  await checkChildren(run, names, report);
  await benchIdle(run, names, report);
  const memory = run.operator.residentBytes / MIB;
  report.line(`operator, ${count} pipelines: ${memory.toFixed(0)} MiB of memory`);
  report.verdict(`target ${TARGETS.memory} MiB`, memory < TARGETS.memory);
}

/** What a look at a pipeline costs that is as it is to be. */
async function benchIdle(
  run: OperatorRun,
  names: readonly string[],
  report: Report,
): Promise<void> {
  const some = names.slice(0, 10);
  // No broker tells of their queues, which is said last, 30 s after they were made.
  for (const name of some)
    await run.pipelines.untilCondition(name, 'ScalingActive', 'is settled', ({ reason }) => {
      return reason === 'MetricsStale';
    });
  await run.idle();
  const [before, writesBefore] = [await run.figures(), (await run.writes()).length];
  await run.passes(IDLE_PASSES, some);
  const after = await run.figures();
  const reconciliations = after.reconciliations - before.reconciliations;
  const requests = requestCount(after) - requestCount(before);
  const writes = (await run.writes()).slice(writesBefore);
  report.line(
    `operator, ${reconciliations} reconciliations with nothing to do: ` +
      `${(requests / reconciliations).toFixed(1)} API requests each, ${writes.length} writes in all`,
  );
  for (const { verb, resource, name } of writes) report.line(`  ${verb} ${resource} ${name}`);
  report.verdict('no writes', writes.length === 0);
}

/** From a backlog that appears in RabbitMQ's metrics to more replicas of the writers. */
async function benchReaction(run: OperatorRun, report: Report): Promise<void> {
  const metrics = await BrokerMetrics.start({ prefix: 'penstock', ready: 0 }, USER);
  try {
    await run.pipelines.secret('monitor', USER);
    await run.pipelines.secret('broker', { uri: 'amqp://user:secret@127.0.0.1:1' });
    await run.pipelines.apply('scaled', {
      rabbitmq: {
        uriSecretRef: { name: 'broker' },
        metricsUrl: metrics.url,
        metricsSecretRef: { name: 'monitor' },
      },
    });
    await run.pipelines.untilCondition('scaled', 'ScalingActive', 'is steady', ({ reason }) => {
      return reason === 'Steady';
    });
    metrics.ready = 100_000;
    const seconds = await timed(async () => {
      await run.pipelines.until('there are more writers', async () => {
        return (
          Number(valueAt(await run.pipelines.deployment('scaled-writer'), 'spec.replicas')) > 1
        );
      });
    });
    report.line(`operator, from a backlog to more writers: ${seconds.toFixed(1)} s`);
    report.verdict(`target ${TARGETS.reaction} s`, seconds < TARGETS.reaction);
  } finally {
    await metrics.close();
  }
}

async function applyAndMake(run: OperatorRun, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => run.pipelines.apply(name)));
  await untilAll(run, names, 'Reconciled');
}

async function untilAll(run: OperatorRun, names: readonly string[], type: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let open = names.length; open > 0;) {
    await delay(POLL_MS);
    const all = await run.cluster.admin.list(run.pipelines.reference());
    const holding = all
      .filter((each) => valueAt(each, `status.conditions.${type}.status`) === 'True')
      .map(({ metadata }) => metadata.name ?? '');
    open = names.filter((name) => !holding.includes(name)).length;
    if (performance.now() > deadline) throw new Error(`${open} pipelines are not ${type}`);
  }
}

/** Every pipeline has the same objects as the first. */
async function checkChildren(
  run: OperatorRun,
  names: readonly string[],
  report: Report,
): Promise<void> {
  const objectsOf = async (name: string): Promise<string> => {
    const all = await run.pipelines.children(name);
    return all
      .map(({ kind, metadata }) => `${kind} ${(metadata.name ?? '').slice(name.length)}`)
      .map((object) => object.replace(/-migrate-\w+/, '-migrate'))
      .sort()
      .join('\n');
  };
  const wanted = await objectsOf('first');
  let wrong = 0;
  for (const name of names) if ((await objectsOf(name)) !== wanted) wrong += 1;
  report.verdict(`${names.length - wrong} of ${names.length} have all objects`, wrong === 0);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1_000;
}
