import { beforeEach, describe, expect, it } from '@jest/globals';
import { ApiError } from './api-error.ts';
import type { ApiCall, KubeApi } from './kube-api.ts';
import { rememberSecrets } from './remember-secrets.ts';

const SECRET = '/api/v1/namespaces/logs/secrets/db';

describe('Secrets that are remembered', () => {
  let asked: string[];
  let answers: () => Promise<unknown>;
  let now: number;
  let api: KubeApi;

  beforeEach(() => {
    asked = [];
    now = 0;
    answers = () => Promise.resolve({ of: asked.length });
    const below: KubeApi = {
      request: ({ method, path }) => {
        asked.push(`${method} ${path}`);
        return answers();
      },
      lines: () => {
        throw new Error('nothing is watched');
      },
      close: () => undefined,
    };
    api = rememberSecrets(below, () => now);
  });

  const get = (path = SECRET) => api.request({ method: 'GET', path });

  it('are asked for once in five seconds', async () => {
    expect(await Promise.all([get(), get()])).toEqual([{ of: 1 }, { of: 1 }]);
    now = 4_999;
    expect(await get()).toEqual({ of: 1 });
    now = 5_000;
    expect(await get()).toEqual({ of: 2 });
  });

  it('are asked for again while they are missing', async () => {
    answers = () => Promise.reject(new ApiError(404, 'NotFound', 'none'));
    await expect(get()).rejects.toMatchObject({ isMissing: true });
    answers = () => Promise.resolve('there');
    expect(await get()).toBe('there');
  });

  it.each<ApiCall>([
    { method: 'PATCH', path: `${SECRET}?fieldManager=x` },
    { method: 'DELETE', path: SECRET },
  ])('are forgotten by a $method', async (call) => {
    await get();
    await api.request(call);
    await get();
    expect(asked).toHaveLength(3);
  });

  it('are Secrets alone', async () => {
    const path = '/api/v1/namespaces/logs/configmaps/secrets';
    await get(path);
    await get(path);
    expect(asked).toHaveLength(2);
  });
});
