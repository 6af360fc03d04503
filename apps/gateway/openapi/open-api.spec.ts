import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';

import { startTestGateway, type TestGateway } from '../testing/gateway-app.ts';

let gateway: TestGateway;
let document: OpenAPIObject;

beforeAll(async () => {
  gateway = await startTestGateway();
  document = (await (await fetch(`${gateway.url}/api/docs-json`)).json()) as OpenAPIObject;
});

afterAll(() => gateway.close());

const READS = [
  'search',
  'count',
  'histogram',
  'facets',
  'field-statistics',
  'patterns',
  'context',
  'tail',
  'export',
];

describe('the OpenAPI document', () => {
  it('has every call', () => {
    const calls = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    expect(calls.sort()).toEqual(
      [
        ...READS.flatMap((call) => [`get /api/v1/${call}`, `post /api/v1/${call}`]),
        'get /api/v1/search/modes',
        'get /api/v1/traces/{traceId}',
        'post /api/v1/traces/{traceId}',
        'get /api/v1/quarantine',
        'get /api/v1/quarantine/{id}',
        'delete /api/v1/quarantine/{id}',
        'post /api/v1/quarantine/replay',
        'get /api/v1/searches',
        'post /api/v1/searches',
        'put /api/v1/searches/{id}',
        'delete /api/v1/searches/{id}',
        'get /api/v1/session',
        'post /api/v1/session',
        'delete /api/v1/session',
        'get /api/v1/session/oidc',
        'put /api/v1/account/password',
        'get /api/v1/account/sessions',
        'delete /api/v1/account/sessions',
        'delete /api/v1/account/sessions/{id}',
        'get /api/v1/users',
        'post /api/v1/users',
        'put /api/v1/users/{id}',
        'delete /api/v1/users/{id}',
        'get /api/v1/users/{id}/sessions',
        'delete /api/v1/users/{id}/sessions',
        'get /api/v1/audit',
        'get /api/v1/audit/export',
        'get /api/v1/tokens',
        'post /api/v1/tokens',
        'put /api/v1/tokens/{id}',
        'delete /api/v1/tokens/{id}',
        'post /api/v1/tokens/{id}/rotate',
        'get /api/v1/segments',
        'get /api/v1/pipeline/health',
        'get /api/v1/pipeline/health/stream',
        'post /logs/filter',
        'get /logs/retrieve',
      ].sort(),
    );
  });

  it('describes the same parameters for GET and POST', () => {
    for (const call of READS) {
      const item = document.paths[`/api/v1/${call}`]!;
      const parameters = (item.get?.parameters ?? []) as { name: string; in: string }[];
      const names = parameters.filter((one) => one.in === 'query').map(({ name }) => name);
      const body = JSON.stringify(item.post?.requestBody);
      expect(names).not.toHaveLength(0);
      for (const name of names) expect(body).toContain(`"${name}":{`);
    }
  });

  it('describes an answer and the problems of every call', () => {
    for (const item of Object.values(document.paths)) {
      for (const operation of [item.get, item.post, item.delete]) {
        // A call that leads a browser on has no answer of its own.
        if (operation === undefined || '303' in operation.responses) continue;
        expect(Object.keys(operation.responses)).toEqual(
          expect.arrayContaining(['200', '400', '500', '503']),
        );
        expect(operation.responses).not.toHaveProperty('201');
        expect(operation.summary).toEqual(expect.any(String));
      }
    }
  });

  it('refers only to schemas that it has', () => {
    const schemas = document.components?.schemas ?? {};
    const references = JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g);
    for (const [, name = ''] of references) expect(schemas).toHaveProperty(name);
  });

  it('is shown as a page whose scripts the policy allows', async () => {
    const page = await fetch(`${gateway.url}/api/docs`);
    const html = await page.text();
    expect(html).toContain('Penstock API');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    const sources = [...html.matchAll(/<script src="([^"]+)"/g)].map(([, source = '']) => source);
    expect(sources).not.toHaveLength(0);
    for (const source of sources) {
      const script = await fetch(new URL(source, page.url));
      expect(script.status).toBe(200);
      await script.arrayBuffer();
      expect(script.headers.get('content-type')).toContain('javascript');
    }
    expect(html).not.toMatch(/<script>/);
  });
});
