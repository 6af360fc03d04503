import { ApiError } from '../runtime/api-error.ts';
import type { ApiCall, KubeApi } from '../runtime/kube-api.ts';
import type { KubeObject } from '../runtime/kube-object.ts';

type Stored = Readonly<Record<string, unknown>>;

/** An object of a Secret at its path, in the namespace `logs`. */
export const secretAt = (name: string, values: Readonly<Record<string, string>>) => ({
  [`/api/v1/namespaces/logs/secrets/${name}`]: {
    metadata: { name, uid: `uid-of-${name}` },
    data: Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
  },
});

/**
 * An API server that keeps objects by their paths: it reads, lists, creates, applies (the whole object at a time) and
 * deletes them, and tells watches of it. It knows nothing of what objects mean.
 */
export class ObjectsApi implements KubeApi {
  /** Paths that were read and found. */
  readonly reads: string[] = [];
  /** `PATCH <path>` and the like, without queries. */
  readonly writes: string[] = [];
  /** Answers a write instead, where it gives an error. */
  refusal: (call: ApiCall) => ApiError | null = () => null;
  private readonly objects: Map<string, Stored>;
  private readonly watches = new Map<string, (line: string) => void>();
  private version = 0;

  constructor(objects: Readonly<Record<string, object>> = {}) {
    this.objects = new Map(Object.entries(objects) as [string, Stored][]);
  }

  /** An object as it is now; undefined when there is none. */
  at(path: string): Stored | undefined {
    return this.objects.get(path);
  }

  /** Puts an object there as somebody else would, and tells those who watch. */
  put(path: string, object: object): Stored {
    this.version += 1;
    const before = this.objects.get(path);
    const { metadata, ...rest } = object as KubeObject;
    const uid = (before?.['metadata'] as { uid?: string } | undefined)?.uid ?? `uid-of-${path}`;
    const stored = {
      ...rest,
      metadata: { uid, ...metadata, resourceVersion: String(this.version) },
    };
    this.objects.set(path, stored);
    this.tell(path, before === undefined ? 'ADDED' : 'MODIFIED', stored);
    return stored;
  }

  request(call: ApiCall): Promise<unknown> {
    const [path = '', query = ''] = call.path.split('?');
    if (call.method === 'GET')
      return query.includes('limit=') ? Promise.resolve(this.list(path)) : this.read(path);
    this.writes.push(`${call.method} ${path}`);
    const refused = this.refusal(call);
    return refused === null ? this.write(call, path) : Promise.reject(refused);
  }

  async *lines(path: string, signal: AbortSignal): AsyncIterable<string> {
    const [collection = ''] = path.split('?');
    const waiting: string[] = [];
    let wake = Promise.withResolvers<undefined>();
    this.watches.set(collection, (line) => {
      waiting.push(line);
      wake.resolve(undefined);
    });
    signal.addEventListener('abort', () => {
      wake.resolve(undefined);
    });
    const isEnded = () => signal.aborted;
    while (!isEnded()) {
      yield* waiting.splice(0);
      wake = Promise.withResolvers();
      if (!isEnded()) await wake.promise;
    }
  }

  close(): void {
    this.watches.clear();
  }

  private read(path: string): Promise<unknown> {
    const object = this.objects.get(path);
    if (object === undefined) return Promise.reject(new ApiError(404, 'NotFound', path));
    this.reads.push(path);
    return Promise.resolve(object);
  }

  private list(collection: string): object {
    const items = [...this.objects]
      .filter(([path]) => collectionOf(path) === collection)
      .map(([, object]) => object);
    return { metadata: { resourceVersion: String(this.version) }, items };
  }

  private write({ method, body = {} }: ApiCall, path: string): Promise<unknown> {
    if (method === 'DELETE') {
      const object = this.objects.get(path);
      this.objects.delete(path);
      if (object !== undefined) this.tell(path, 'DELETED', object);
      return Promise.resolve({});
    }
    const owner = path.replace(/\/status$/, '');
    if (owner !== path)
      return Promise.resolve(
        this.put(owner, { ...this.objects.get(owner), status: statusOf(body) }),
      );
    const { metadata } = body as KubeObject;
    const at = method === 'POST' ? `${path}/${metadata.name}` : path;
    if (method === 'POST' && this.objects.has(at))
      return Promise.reject(new ApiError(409, 'AlreadyExists', at));
    return Promise.resolve(this.put(at, merged(this.objects.get(at), body)));
  }

  private tell(path: string, type: string, object: Stored): void {
    this.watches.get(collectionOf(path))?.(JSON.stringify({ type, object }));
  }
}

function collectionOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function statusOf(body: object): unknown {
  return (body as Stored)['status'];
}

/** What somebody else owns stays: the status, and the content of a Secret. */
function merged(before: Stored | undefined, body: object): object {
  const { stringData, ...rest } = body as KubeObject & { stringData?: Record<string, string> };
  const data = Object.fromEntries(
    Object.entries(stringData ?? {}).map(([key, value]) => [
      key,
      Buffer.from(value).toString('base64'),
    ]),
  );
  return {
    ...(before?.['status'] !== undefined && { status: before['status'] }),
    ...(before?.['data'] !== undefined && { data: before['data'] }),
    ...(stringData !== undefined && { data }),
    ...rest,
  };
}
