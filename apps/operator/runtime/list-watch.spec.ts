import { afterEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../../../test/support/wait-until.ts';
import { ApiError } from './api-error.ts';
import type { ApiCall, KubeApi } from './kube-api.ts';
import { PIPELINES, SERVICES } from './kinds.ts';
import { ListWatch, watchFault } from './list-watch.ts';

const object = (name: string, resourceVersion: string) => ({
  metadata: { name, namespace: 'logs', resourceVersion },
});
const event = (type: string, value: object): string => JSON.stringify({ type, object: value });

/** Answers lists and watches by a script, and records what was asked. */
class ScriptedApi implements KubeApi {
  readonly asked: string[] = [];
  lists: (() => unknown)[] = [];
  watches: ((signal: AbortSignal) => AsyncIterable<string>)[] = [];

  request({ path }: ApiCall): Promise<unknown> {
    this.asked.push(path);
    const next = this.lists.length > 1 ? this.lists.shift() : this.lists[0];
    return new Promise((resolve) => {
      resolve(next?.());
    });
  }

  lines(path: string, signal: AbortSignal): AsyncIterable<string> {
    this.asked.push(path);
    return (this.watches.shift() ?? silent)(signal);
  }

  close(): void {
    this.watches = [];
  }
}

async function* silent(signal: AbortSignal): AsyncIterable<string> {
  await new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('aborted'));
    });
  });
  yield '';
}

const told = (...lines: readonly string[]) =>
  async function* (signal: AbortSignal): AsyncIterable<string> {
    yield* lines;
    yield* silent(signal);
  };

const list = (version: string, items: readonly object[], next?: string) => () => ({
  metadata: { resourceVersion: version, ...(next !== undefined && { continue: next }) },
  items,
});

describe('a list-watch', () => {
  let ending = new AbortController();

  afterEach(() => {
    ending.abort();
    ending = new AbortController();
  });

  function start(api: ScriptedApi, silenceMs = 60_000) {
    const changes: string[] = [];
    const failures: ApiError[] = [];
    const listWatch = new ListWatch({
      api,
      kind: SERVICES,
      namespace: null,
      signal: ending.signal,
      silenceMs,
      backoff: { baseMs: 1, maxMs: 2 },
      onChange: (before, after) => {
        const version = ({ metadata }: { metadata: { resourceVersion?: string } }) =>
          metadata.resourceVersion ?? '';
        const name = (after ?? before)?.metadata.name ?? '';
        changes.push(`${name}: ${before ? version(before) : '-'} ${after ? version(after) : '-'}`);
      },
      onFailure: (error) => {
        failures.push(error);
      },
    });
    void listWatch.run();
    return { listWatch, changes, failures };
  }

  it('lists in pages, then goes on from the version of the list', async () => {
    const api = new ScriptedApi();
    api.lists = [list('9', [object('a', '1')], 'page2'), list('9', [object('b', '2')])];
    api.watches = [told(event('MODIFIED', object('a', '10')), event('DELETED', object('b', '11')))];
    const { listWatch, changes } = start(api);
    await listWatch.synced;
    await waitUntil('all was told', () => changes.length === 4);
    expect(changes).toEqual(['a: - 1', 'b: - 2', 'a: 1 10', 'b: 2 -']);
    expect(api.asked[1]).toContain('continue=page2');
    expect(api.asked[2]).toContain('resourceVersion=9');
    expect(api.asked[2]).toContain('allowWatchBookmarks=true');
    expect(listWatch.get('logs/a')?.kind).toBeUndefined();
    expect(listWatch.size).toBe(1);
  });

  it('goes on after a bookmark where a watch ended, without a new list', async () => {
    const api = new ScriptedApi();
    api.lists = [list('9', [])];
    async function* ended(): AsyncIterable<string> {
      yield await Promise.resolve(event('BOOKMARK', object('', '20')));
    }
    api.watches = [ended];
    start(api);
    await waitUntil('it watches again', () => api.asked.length === 3);
    expect(api.asked[2]).toContain('resourceVersion=20');
  });

  it('lists again where its version is too old, and tells the difference', async () => {
    const api = new ScriptedApi();
    api.lists = [
      list('9', [object('a', '1'), object('b', '2'), object('c', '3')]),
      list('30', [object('a', '1'), object('b', '25')]),
    ];
    const gone = event('ERROR', { code: 410, reason: 'Expired', message: 'too old' });
    api.watches = [told(gone)];
    const { changes, failures } = start(api);
    await waitUntil('the difference was told', () => changes.length === 5);
    expect(changes.slice(3).sort()).toEqual(['b: 2 25', 'c: 3 -']);
    expect(failures).toEqual([]);
  });

  it('begins anew where a watch says nothing for too long', async () => {
    const api = new ScriptedApi();
    api.lists = [list('9', [])];
    api.watches = [silent, silent];
    const { failures } = start(api, 20);
    await waitUntil('it has watched three times', () => api.asked.length >= 4);
    expect(failures.length).toBeGreaterThan(0);
  });

  it('counts as empty what may not be listed, and goes on asking', async () => {
    const api = new ScriptedApi();
    api.lists = [
      () => {
        throw new ApiError(403, 'Forbidden', 'services is forbidden');
      },
      list('9', [object('a', '1')]),
    ];
    const { listWatch, changes, failures } = start(api);
    await listWatch.synced;
    expect(failures.map(({ message }) => message)).toEqual(['services is forbidden']);
    await waitUntil('it was allowed', () => changes.length === 1);
  });
});

describe('the fault of a watch', () => {
  it('is a definition that is not installed, where the kind is not known', () => {
    const missing = new ApiError(404, 'Unknown', '404 page not found');
    expect(watchFault(PIPELINES, missing)).toBe(
      'the API server knows no LogPipeline of penstock.dev/v1alpha1: is its CustomResourceDefinition installed (crds.enabled of the chart)?',
    );
    expect(watchFault(SERVICES, new ApiError(403, 'Forbidden', 'no right'))).toBe('no right');
  });
});
