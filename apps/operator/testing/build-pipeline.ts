import { readLogPipeline, type LogPipeline, type WrittenSpec } from '#pipeline';
import type { SpecContext } from '../specs/context.ts';

/** A pipeline `shop` in the namespace `logs`. */
export function buildPipeline(spec: WrittenSpec = {}, status: object = {}): LogPipeline {
  const metadata = {
    name: 'shop',
    namespace: 'logs',
    uid: 'uid-of-shop',
    generation: 1,
    resourceVersion: '1',
  };
  const reading = readLogPipeline({ metadata, spec, status });
  if (reading.kind === 'invalid') throw new Error(reading.problems.join('; '));
  return reading.pipeline;
}

const secret = (name: string, key: string) => ({ secret: name, key, version: `${name}-1` });

/** What manifests are made of, for a pipeline with bundled backends. */
export function buildContext(
  spec: WrittenSpec = {},
  more: Partial<Omit<SpecContext, 'pipeline'>> = {},
): SpecContext {
  return {
    pipeline: buildPipeline(spec),
    image: 'penstock:1',
    connections: {
      postgres: secret('shop-postgres', 'uri'),
      rabbitmq: { ...secret('shop-rabbitmq', 'uri'), ca: null },
      meilisearch: {
        url: 'http://shop-meilisearch.logs.svc:7700',
        apiKey: secret('shop-meilisearch', 'apiKey'),
      },
      archive: null,
    },
    adminPassword: secret('shop-admin', 'password'),
    ingestToken: secret('shop-ingest-token', 'token'),
    oidcClientSecret: null,
    oidcCa: null,
    trustedCa: null,
    writerReplicas: 2,
    apiGroups: new Set(),
    ...more,
  };
}
