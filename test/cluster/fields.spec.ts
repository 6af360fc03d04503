import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { customResourceDefinition } from '#pipeline';
import { kubernetes, suite } from '../support/requirement.ts';
import { BrokerMetrics } from './support/broker-metrics.ts';
import { certificateSecret } from './support/certificate-secret.ts';
import { mergedSpec, type FieldCase } from './support/field-case.ts';
import { fieldTable } from './support/field-table.ts';
import { ACCESS_SECRETS } from './support/field-table-access.ts';
import { METRICS_USER, TABLE_SECRETS } from './support/field-table-backends.ts';
import { valueAt } from './support/kubernetes-object.ts';
import { OperatorRun } from './support/operator-run.ts';
import { PIPELINE } from './support/test-pipelines.ts';

const BACKLOG = 250_000;
const metrics = await BrokerMetrics.start({ prefix: 'penstock', ready: BACKLOG }, METRICS_USER);
const TABLE = fieldTable({ metricsUrl: metrics.url, backlog: BACKLOG });
const GROUPS = Object.entries(TABLE);
/** The pipeline that says nothing: none of what the rows name may show in it. */
const PLAIN = 'plain';

const VERSIONS: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  Service: 'v1',
  ConfigMap: 'v1',
  Ingress: 'networking.k8s.io/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  HTTPRoute: 'gateway.networking.k8s.io/v1',
  ServiceMonitor: 'monitoring.coreos.com/v1',
  ScaledObject: 'keda.sh/v1alpha1',
  LogPipeline: PIPELINE.apiVersion,
};

afterAll(() => metrics.close());

it('has a row for every field of the schema, and none for others', () => {
  const rows = GROUPS.flatMap(([, cases]) => cases.map(({ field }) => field));
  const [version] = customResourceDefinition().spec.versions;
  const { spec } = version?.schema.openAPIV3Schema.properties ?? {};
  expect([...new Set(rows)].sort()).toEqual(leaves(spec ?? {}, '').sort());
});

suite('a field of the specification', kubernetes, () => {
  let run: OperatorRun;
  beforeAll(async () => {
    run = await OperatorRun.start({ foreignKinds: true });
    for (const [name, values] of Object.entries({ ...TABLE_SECRETS, ...ACCESS_SECRETS }))
      await run.pipelines.secret(name, values);
    const { namespace } = run.pipelines;
    await run.cluster.admin.apply(await certificateSecret({ name: 'web', namespace }));
    await operatedBackends(run);
    const specs = GROUPS.map(([name, cases]) => [name, mergedSpec(cases)] as const);
    for (const [name, spec] of [[PLAIN, {}] as const, ...specs])
      await run.pipelines.apply(name, spec);
    for (const [name] of [[PLAIN], ...specs])
      await run.pipelines.untilCondition(name, 'Reconciled', 'is made', ({ status }) => {
        return status === 'True';
      });
  }, 240_000);
  afterAll(() => run.stop(), 120_000);

  const read = async (pipeline: string, { object, at }: FieldCase): Promise<unknown> => {
    const [kind = '', part] = object.split(' ');
    const name = part === undefined ? pipeline : `${pipeline}-${part}`;
    return valueAt(await run.pipelines.child(VERSIONS[kind] ?? '', kind, name), at);
  };

  describe.each(GROUPS)('of the pipeline %s', (pipeline, cases) => {
    it.each(cases)('$field shows in $object', async (row) => {
      await run.pipelines.until(`${row.object} has ${row.field} at ${row.at}`, async () => {
        return isAsSaid(await read(pipeline, row), row.shows);
      });
      expect(isAsSaid(await read(PLAIN, row), row.shows)).toBe(false);
    });
  });
});

function isAsSaid(found: unknown, shows: unknown): boolean {
  return shows instanceof RegExp ? shows.test(String(found)) : found === shows;
}

interface SchemaPart {
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly items?: SchemaPart;
  readonly additionalProperties?: SchemaPart;
}

/** Paths of all fields that hold a value, written as in the table. */
function leaves({ properties, items, additionalProperties }: SchemaPart, path: string): string[] {
  if (items !== undefined) return leaves(items, `${path}[]`);
  if (additionalProperties !== undefined) return [`${path}.*`];
  if (properties === undefined) return [path];
  return Object.entries(properties).flatMap(([name, member]) =>
    leaves(member, path === '' ? name : `${path}.${name}`),
  );
}

/** What CloudNativePG and the RabbitMQ Cluster Operator would say of clusters that run. */
async function operatedBackends({ cluster, pipelines: { namespace } }: OperatorRun) {
  await cluster.admin.create({
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    metadata: { name: 'db', namespace },
    status: { readyInstances: 1 },
  });
  await cluster.admin.create({
    apiVersion: 'rabbitmq.com/v1beta1',
    kind: 'RabbitmqCluster',
    metadata: { name: 'queue', namespace },
    status: { conditions: [{ type: 'ClusterAvailable', status: 'True' }] },
  });
}
