import { describe, expect, it } from '@jest/globals';

import { ingestPaths } from './ingest-paths.ts';
import { SCHEMAS } from './schemas.ts';

describe('ingestPaths', () => {
  it('describes the calls that the server has, and no others', () => {
    const served = ['POST /', 'POST /log-event', 'GET /metrics'];
    const paths = ingestPaths(({ method, url }) => served.includes(`${method} ${url}`));
    expect(Object.keys(paths)).toEqual(['/', '/log-event', '/metrics']);
    expect(ingestPaths(() => false)).toEqual({});
  });

  it('refers only to schemas that there are', () => {
    const text = JSON.stringify(ingestPaths(() => true));
    for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      expect(SCHEMAS).toHaveProperty(name);
    }
  });

  it('names the key that makes repeating safe, and every status', () => {
    const { '/logs': logs } = ingestPaths(() => true);
    expect(JSON.stringify(logs?.post?.parameters)).toContain('"Idempotency-Key"');
    expect(Object.keys(logs?.post?.responses ?? {})).toEqual([
      '202',
      '400',
      '401',
      '408',
      '413',
      '415',
      '422',
      '429',
      '500',
      '503',
    ]);
  });
});
