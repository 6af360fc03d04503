import { Agent, request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { KubernetesObject, ResourceReference } from './kubernetes-object.ts';
import { resourcePath } from './kubernetes-object.ts';

export interface KubeAccess {
  readonly url: string;
  /** Certificates that the server's is signed by, PEM. */
  readonly authority: string;
  readonly token: string;
}

export interface KubeAnswer {
  readonly status: number;
  readonly body: KubernetesObject;
}

const REQUEST_MS = 30_000;
/** Retry-After counts whole seconds. */
const LATER_MS = 1_000;

const PATCH_TYPES = {
  apply: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
} as const;

const TABLE_TYPE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

interface Table {
  readonly columnDefinitions: readonly { readonly name: string }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}

/** An answer that is no success. */
export class KubeRefusal extends Error {
  readonly status: number;

  constructor(what: string, { status, body }: KubeAnswer) {
    const { message } = body;
    super(`${what}: ${status} ${typeof message === 'string' ? message : JSON.stringify(body)}`);
    this.status = status;
  }
}

/** The Kubernetes API for tests: plain JSON, with whoever's token. */
export class KubeClient {
  private readonly agent: Agent;
  private readonly access: KubeAccess;

  constructor(access: KubeAccess) {
    this.access = access;
    this.agent = new Agent({ ca: access.authority, keepAlive: true });
  }

  /** The same API as somebody else. */
  withToken(token: string): KubeClient {
    return new KubeClient({ ...this.access, token });
  }

  close(): void {
    this.agent.destroy();
  }

  /** The resource, or null when there is none. */
  async find(reference: ResourceReference): Promise<KubernetesObject | null> {
    const answer = await this.send('GET', resourcePath(reference));
    if (answer.status === 404) return null;
    return accepted(`GET ${resourcePath(reference)}`, answer);
  }

  async get(reference: ResourceReference): Promise<KubernetesObject> {
    return accepted(
      `GET ${resourcePath(reference)}`,
      await this.send('GET', resourcePath(reference)),
    );
  }

  /** All of a kind, by a label selector where one is given. */
  async list(reference: ResourceReference, labels?: string): Promise<KubernetesObject[]> {
    const query = labels === undefined ? '' : `?labelSelector=${encodeURIComponent(labels)}`;
    const path = resourcePath(reference) + query;
    const list = accepted(`GET ${path}`, await this.send('GET', path));
    return list['items'] as KubernetesObject[];
  }

  async create(object: KubernetesObject): Promise<KubernetesObject> {
    const path = resourcePath({ ...referenceTo(object), name: undefined });
    return accepted(`POST ${path}`, await this.send('POST', path, object));
  }

  /** What `kubectl get -o wide` shows of a list, a record of columns for each row. */
  async table(path: string): Promise<Record<string, unknown>[]> {
    const answer = await this.send('GET', path, undefined, undefined, TABLE_TYPE);
    const { columnDefinitions, rows } = accepted(`GET ${path}`, answer) as unknown as Table;
    return rows.map(({ cells }) =>
      Object.fromEntries(columnDefinitions.map(({ name }, i) => [name, cells[i]])),
    );
  }

  /** Server-side apply, as `kubectl apply --server-side --force-conflicts` does. */
  async apply(object: KubernetesObject, fieldManager = 'test'): Promise<KubernetesObject> {
    const path = `${resourcePath(referenceTo(object))}?fieldManager=${fieldManager}&force=true`;
    return accepted(`PATCH ${path}`, await this.send('PATCH', path, object, PATCH_TYPES.apply));
  }

  /** A merge patch. */
  async patch(reference: ResourceReference, patch: object): Promise<KubernetesObject> {
    const path = resourcePath(reference);
    return accepted(`PATCH ${path}`, await this.send('PATCH', path, patch, PATCH_TYPES.merge));
  }

  /** Deletes it, in the background; one that is gone is no failure. */
  async delete(reference: ResourceReference): Promise<void> {
    const path = resourcePath(reference);
    const options = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' };
    const answer = await this.send('DELETE', path, options);
    if (answer.status !== 404) accepted(`DELETE ${path}`, answer);
  }

  /**
   * One request, whatever comes of it. One that is told to come later does, as all clients of Kubernetes do: 429 is the
   * answer also while the storage of a kind is made anew after a change of its definition.
   */
  async send(
    method: string,
    path: string,
    body?: object,
    type = 'application/json',
    accept = 'application/json',
  ): Promise<KubeAnswer> {
    const deadline = performance.now() + REQUEST_MS;
    for (;;) {
      const answer = await this.sendOnce(method, path, body, type, accept);
      if (answer.status !== 429 || performance.now() > deadline) return answer;
      await delay(LATER_MS);
    }
  }

  private sendOnce(
    method: string,
    path: string,
    body: object | undefined,
    type: string,
    accept: string,
  ): Promise<KubeAnswer> {
    const content = body === undefined ? '' : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        `${this.access.url}${path}`,
        {
          method,
          agent: this.agent,
          timeout: REQUEST_MS,
          headers: {
            authorization: `Bearer ${this.access.token}`,
            accept,
            // Node leaves it out of a DELETE, whose content then is the next request.
            'content-length': Buffer.byteLength(content),
            ...(body === undefined ? {} : { 'content-type': type }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () => {
            const text = Buffer.concat(chunks).toString();
            resolve({ status: response.statusCode ?? 0, body: parsed(text) });
          });
        },
      );
      outgoing.once('timeout', () => outgoing.destroy(new Error(`no answer to ${method} ${path}`)));
      outgoing.once('error', reject);
      outgoing.end(content);
    });
  }
}

export function referenceTo({ apiVersion, kind, metadata }: KubernetesObject): ResourceReference {
  return { apiVersion, kind, namespace: metadata.namespace, name: metadata.name };
}

function accepted(what: string, answer: KubeAnswer): KubernetesObject {
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  throw new KubeRefusal(what, answer);
}

/** Some refusals are plain text. */
function parsed(text: string): KubernetesObject {
  try {
    return JSON.parse(text) as KubernetesObject;
  } catch {
    return { apiVersion: 'v1', kind: 'Status', metadata: {}, message: text };
  }
}
