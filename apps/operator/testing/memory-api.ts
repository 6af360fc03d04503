import { ApiError } from '../runtime/api-error.ts';
import type { ApiCall, KubeApi } from '../runtime/kube-api.ts';

interface StoredLease {
  metadata: { name: string; resourceVersion: string };
  spec: object;
}

/** An API server that knows one lease, with the check of versions that makes elections safe. */
export class MemoryLeaseApi implements KubeApi {
  lease: StoredLease | null = null;
  /** While set, nothing answers. */
  isAway = false;
  /** What each call waits for. */
  pace: Promise<unknown> = Promise.resolve();
  /** Calls that wait. */
  waiting = 0;
  private version = 0;

  async request(call: ApiCall): Promise<unknown> {
    this.waiting += 1;
    await this.pace;
    this.waiting -= 1;
    return await this.answer(call);
  }

  private answer({ method, body }: ApiCall): Promise<unknown> {
    if (this.isAway) return Promise.reject(new ApiError(0, 'Unreachable', 'away'));
    switch (method) {
      case 'GET':
        return this.lease === null
          ? this.refuse(404)
          : Promise.resolve(structuredClone(this.lease));
      case 'POST':
        return this.lease === null ? this.store(body as StoredLease) : this.refuse(409);
      case 'PATCH': {
        const changed = body as StoredLease;
        return changed.metadata.resourceVersion === this.lease?.metadata.resourceVersion
          ? this.store(changed)
          : this.refuse(409);
      }
      case 'DELETE':
        return this.refuse(405);
    }
  }

  lines(): AsyncIterable<string> {
    throw new Error('leases are not watched');
  }

  close(): void {
    this.lease = null;
  }

  private store({ spec }: StoredLease): Promise<unknown> {
    this.version += 1;
    this.lease = { metadata: { name: 'lease', resourceVersion: String(this.version) }, spec };
    return Promise.resolve(this.lease);
  }

  private refuse(status: number): Promise<never> {
    return Promise.reject(new ApiError(status, 'Refused', `status ${status}`));
  }
}
