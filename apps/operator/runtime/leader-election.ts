import { systemSleep } from '#retry';
import { ApiError } from './api-error.ts';
import type { KubeApi } from './kube-api.ts';
import { collectionPath, LEASES, objectPath } from './kinds.ts';

export interface LeaderElectionOptions {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly name: string;
  /** Of this process alone. */
  readonly identity: string;
  readonly signal: AbortSignal;
  /** For the wall clock that the lease shows to people; decisions use `elapsed`. */
  readonly now?: () => Date;
  /** ms that never go back. */
  readonly elapsed?: () => number;
  readonly timing?: Timing;
  readonly onFailure?: (error: unknown) => void;
}

interface Timing {
  /** A lease that was not renewed for so long is free. */
  readonly leaseMs: number;
  /** A leader that could not renew for so long gives up; shorter than the lease. */
  readonly renewMs: number;
  readonly retryMs: number;
}

const TIMING: Timing = { leaseMs: 12_000, renewMs: 8_000, retryMs: 2_000 };

interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

interface Lease {
  readonly metadata: { readonly resourceVersion?: string; readonly [member: string]: unknown };
  readonly spec?: LeaseSpec;
}

/**
 * One leader among processes, by a Lease. Clocks of machines differ, so a lease counts as given up only when it did not
 * change for its duration as seen from here. Two leaders at once are impossible as long as a leader that cannot renew
 * ends within `renewMs`: so its loss ends the process.
 */
export class LeaderElection {
  private readonly options: Required<LeaderElectionOptions>;
  private observed: { readonly version: string; readonly at: number } | null = null;
  private holding = false;
  /** The renewal that is under way. */
  private renewal: Promise<boolean> | null = null;

  constructor(options: LeaderElectionOptions) {
    this.options = {
      now: () => new Date(),
      elapsed: () => performance.now(),
      timing: TIMING,
      onFailure: () => undefined,
      ...options,
    };
  }

  get isLeader(): boolean {
    return this.holding;
  }

  private get isEnded(): boolean {
    return this.options.signal.aborted;
  }

  /** Resolves with true once this process is the leader, with false when the signal aborts before. */
  async acquire(): Promise<boolean> {
    const { signal, timing } = this.options;
    while (!signal.aborted) {
      if (await this.attempt()) {
        this.holding = true;
        return true;
      }
      await systemSleep(timing.retryMs * (0.8 + 0.4 * Math.random()), signal);
    }
    return false;
  }

  /** Renews until the leadership is lost (resolves with `lost`) or the signal aborts (`ended`). */
  async keep(): Promise<'lost' | 'ended'> {
    const { signal, timing, elapsed } = this.options;
    let renewedAt = elapsed();
    while (!signal.aborted) {
      await systemSleep(timing.retryMs, signal);
      if (this.isEnded) break;
      this.renewal = this.attempt();
      if (await this.renewal) renewedAt = elapsed();
      else if (elapsed() - renewedAt > timing.renewMs) {
        this.holding = false;
        return 'lost';
      }
    }
    return 'ended';
  }

  /** Gives the lease up, so that the next one need not wait; a renewal that comes in between would take it again. */
  async release(): Promise<void> {
    if (!this.holding) return;
    this.holding = false;
    await this.renewal;
    const lease = await this.read();
    if (lease?.spec?.holderIdentity !== this.options.identity) return;
    await this.write(lease, { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1 });
  }

  /** Takes or renews the lease; false where another one holds it, or the API server does not answer. */
  private async attempt(): Promise<boolean> {
    const { identity, onFailure } = this.options;
    try {
      const lease = await this.read();
      if (lease === null) return await this.create();
      const { spec = {} } = lease;
      const isOurs = spec.holderIdentity === identity;
      if (!isOurs && !this.isFree(lease)) return false;
      return await this.write(lease, this.claim(spec, isOurs));
    } catch (error) {
      // Another one was quicker, which is no failure.
      if (!(error instanceof ApiError && error.isConflict)) onFailure(error);
      return false;
    }
  }

  private isFree({ metadata, spec = {} }: Lease): boolean {
    if ((spec.holderIdentity ?? '') === '') return true;
    const { elapsed, timing } = this.options;
    const version = metadata.resourceVersion ?? '';
    if (this.observed?.version !== version) {
      this.observed = { version, at: elapsed() };
      return false;
    }
    const durationMs = (spec.leaseDurationSeconds ?? timing.leaseMs / 1_000) * 1_000;
    return elapsed() - this.observed.at > durationMs;
  }

  private claim(spec: LeaseSpec, isOurs: boolean): LeaseSpec {
    const { identity, now, timing } = this.options;
    const time = microTime(now());
    return {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(timing.leaseMs / 1_000),
      acquireTime: isOurs ? (spec.acquireTime ?? time) : time,
      renewTime: time,
      leaseTransitions: (spec.leaseTransitions ?? 0) + (isOurs ? 0 : 1),
    };
  }

  private async read(): Promise<Lease | null> {
    const { api, namespace, name } = this.options;
    try {
      const path = objectPath(LEASES, namespace, name);
      return (await api.request({ method: 'GET', path, signal: this.deadline() })) as Lease;
    } catch (error) {
      if (error instanceof ApiError && error.isMissing) return null;
      throw error;
    }
  }

  private async create(): Promise<boolean> {
    const { api, namespace, name } = this.options;
    const { apiVersion, kind } = LEASES;
    await api.request({
      method: 'POST',
      path: collectionPath(LEASES, namespace),
      body: { apiVersion, kind, metadata: { name, namespace }, spec: this.claim({}, false) },
      signal: this.deadline(),
    });
    return true;
  }

  /** The version that was read goes along, so that of two who write one is refused. */
  private async write({ metadata }: Lease, spec: LeaseSpec): Promise<boolean> {
    const { api, namespace, name } = this.options;
    await api.request({
      method: 'PATCH',
      path: objectPath(LEASES, namespace, name),
      contentType: 'application/merge-patch+json',
      body: { metadata: { resourceVersion: metadata.resourceVersion }, spec },
      signal: this.deadline(),
    });
    return true;
  }

  /** A server that hangs must not keep a leader from noticing that its time is over. */
  private deadline(): AbortSignal {
    return AbortSignal.timeout(this.options.timing.renewMs / 2);
  }
}

/** RFC 3339 with microseconds, as Leases have it. */
function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}
