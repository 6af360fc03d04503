import type { ApiCall, KubeApi } from './kube-api.ts';

/** For how long an answer counts: pipelines that are being made are looked at about once a second. */
const REMEMBERED_MS = 5_000;

interface Remembered {
  readonly answer: Promise<unknown>;
  readonly until: number;
}

const isSecret = (path: string): boolean => /\/secrets\/[^/]+$/.test(path.split('?', 1)[0] ?? '');

/**
 * An API that answers the same question for a Secret from memory for some seconds. What was refused or is missing is
 * asked for again, and what is written is forgotten.
 *
 * Excluded: answers of other kinds, which watches keep up to date.
 */
export function rememberSecrets(
  api: KubeApi,
  now: () => number = () => performance.now(),
): KubeApi {
  const known = new Map<string, Remembered>();

  function forgetOld(): void {
    for (const [path, { until }] of known) if (until <= now()) known.delete(path);
  }

  function read(call: ApiCall): Promise<unknown> {
    const found = known.get(call.path);
    if (found !== undefined && found.until > now()) return found.answer;
    forgetOld();
    const answer = api.request(call);
    known.set(call.path, { answer, until: now() + REMEMBERED_MS });
    answer.catch(() => {
      known.delete(call.path);
    });
    return answer;
  }

  return {
    ...api,
    async request(call) {
      if (!isSecret(call.path)) return await api.request(call);
      if (call.method === 'GET') return await read(call);
      known.delete(call.path.split('?', 1)[0] ?? '');
      return await api.request(call);
    },
    lines: (path, signal) => api.lines(path, signal),
    close: () => {
      known.clear();
      api.close();
    },
  };
}
