import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { freePort } from '../../support/free-port.mjs';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../../apps/standalone/postgres/embedded-postgres.ts';
import { livingPostmaster } from '../../../apps/standalone/postgres/postmaster.ts';
import { PipelineProcesses } from '../../support/pipeline-processes.ts';
import { familyOf } from '../../support/processes.ts';
import { ownBroker } from '../../support/rabbitmq.ts';
import type { BrokerProcess } from '../../support/rabbitmq-server.mjs';
import type { RunningProcess } from '../../support/running-process.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { EventAccount, verdictLine, type Verdict } from '../event-account.ts';
import type { knownEvent } from '../known-event.ts';
import { Load } from '../load.ts';
import { readBack, storedCount } from '../read-back.ts';

export interface Fault {
  /** How often it happens. */
  readonly rounds?: number;
  /** Fewer acknowledged events than these prove nothing. */
  readonly ackedFloor: number;
  readonly requestsPerSecond?: number;
  /** What is sent. */
  readonly eventOf?: typeof knownEvent;
}

type Environment = Readonly<Record<string, string>>;

/** How a fault went, after everything was as it must be. */
export interface Endured {
  /** Answers by kind, as `Load` names them. */
  readonly answers: ReadonlyMap<string, number>;
  readonly verdict: Verdict;
}

/** The connections that may be broken: who opens them, and to whom. */
export type Link = 'ingest-broker' | 'writer-broker' | 'writer-Postgres' | 'client-ingest';

const WRITERS = 2;
const REQUESTS_PER_SECOND = 60;
const EVENTS_PER_REQUEST = 30;
/** So many requests may wait for an answer that the load goes on for 10 s whatever is broken. */
const OPEN_REQUESTS = 600;
const RECOVERS_WITHIN_MS = 60_000;
const MIB = 1024 * 1024;
const MEMORY_BOUND = 600 * MIB;

/**
 * Ingest, two writers, gateway and keeper as real processes, with a RabbitMQ and a Postgres of their own, and a proxy on
 * each connection that carries events. Faults happen one after the other under load, each with an account of its own.
 */
export class PipelineUnderFaults {
  readonly broker: BrokerProcess;
  readonly pipeline: PipelineProcesses;
  private readonly random: () => number;
  private readonly folder: string;
  private readonly postgresPort: number;
  private readonly links: Readonly<Record<Link, TcpProxy>>;
  private postgres: EmbeddedPostgres;
  private current: { readonly account: EventAccount; readonly load: Load } | null = null;
  /** Events of all faults that were found. */
  private found = 0;
  private slowestMs = 0;

  private constructor(
    parts: Pick<PipelineUnderFaults, 'broker'> & {
      readonly random: () => number;
      readonly folder: string;
      readonly postgres: EmbeddedPostgres;
      readonly postgresPort: number;
      readonly links: Readonly<Record<Link, TcpProxy>>;
    },
  ) {
    this.broker = parts.broker;
    this.random = parts.random;
    this.folder = parts.folder;
    this.postgres = parts.postgres;
    this.postgresPort = parts.postgresPort;
    this.links = parts.links;
    this.pipeline = new PipelineProcesses({
      databaseUrl: parts.postgres.url,
      rabbitmqUrl: parts.broker.url,
    });
  }

  static async start(random: () => number): Promise<PipelineUnderFaults> {
    const folder = await mkdtemp(join(tmpdir(), 'penstock-pipeline-faults-'));
    const postgresPort = await freePort();
    const [broker, postgres] = await Promise.all([
      ownBroker(),
      startPostgres(folder, postgresPort),
    ]);
    const [ingestBroker, writerBroker, writerPostgres, clientIngest] = await Promise.all(
      [broker.port, broker.port, postgresPort, 0].map((port) => TcpProxy.listen(port)),
    );
    const started = new PipelineUnderFaults({
      random,
      folder,
      broker,
      postgres,
      postgresPort,
      links: {
        'ingest-broker': ingestBroker!,
        'writer-broker': writerBroker!,
        'writer-Postgres': writerPostgres!,
        'client-ingest': clientIngest!,
      },
    });
    try {
      const { pipeline } = started;
      const writers = Array.from({ length: WRITERS }, () => started.addWriter());
      await Promise.all([
        started.addIngest(),
        pipeline.add('gateway'),
        pipeline.add('keeper'),
        ...writers,
      ]);
      return started;
    } catch (error) {
      await started.close();
      throw error;
    }
  }

  /** Where clients send to, whichever ingest is behind it. */
  get url(): string {
    return this.link('client-ingest').through(this.pipeline.ingestUrl);
  }

  /** Events that were acknowledged since the fault began. */
  get acked(): number {
    return this.current?.account.acked ?? 0;
  }

  link(name: Link): TcpProxy {
    return this.links[name];
  }

  /** A new ingest, to which the clients' connections go from now on. */
  async addIngest(environment: Environment = {}): Promise<RunningProcess> {
    const ingest = await this.pipeline.add('ingest', {
      RABBITMQ_URL: this.link('ingest-broker').through(this.broker.url),
      ...environment,
    });
    this.link('client-ingest').targetPort = ingest.port;
    return ingest;
  }

  addWriter(): Promise<RunningProcess> {
    return this.pipeline.add('writer', {
      RABBITMQ_URL: this.link('writer-broker').through(this.broker.url),
      DATABASE_URL: this.link('writer-Postgres').through(this.postgres.url),
    });
  }

  /** The first process of Postgres, and all that it started. */
  get postgresFamily(): { readonly postmaster: number; readonly all: readonly number[] } {
    const postmaster = livingPostmaster(join(this.folder, 'postgres'));
    if (postmaster === null) throw new Error('Postgres does not run');
    return { postmaster, all: familyOf(postmaster) };
  }

  stopPostgres(): Promise<void> {
    return this.postgres.stop();
  }

  async startPostgres(): Promise<void> {
    this.postgres = await startPostgres(this.folder, this.postgresPort);
  }

  /** Everything that was acknowledged up to now is stored. */
  async storesAcked(): Promise<void> {
    const { acked } = this;
    const begun = performance.now();
    await waitUntil(
      `${acked} acknowledged events are stored`,
      async () => (await this.count().catch(() => 0)) >= acked,
      RECOVERS_WITHIN_MS,
    );
    this.slowestMs = Math.max(this.slowestMs, performance.now() - begun);
  }

  /** Stored events of the last fault, or those of them that a query finds. */
  count(query?: string): Promise<number> {
    const own = queryOf(this.current!.account);
    return storedCount(this.pipeline.gatewayUrl, query === undefined ? own : `${own} AND ${query}`);
  }

  /** Measures a recovery for the report. */
  async recovers(recovery: () => Promise<void>): Promise<void> {
    const begun = performance.now();
    await recovery();
    this.slowestMs = Math.max(this.slowestMs, performance.now() - begun);
  }

  /**
   * Sends events, lets the fault happen, sends on until it is over, and settles the account: sent = acknowledged =
   * found, each once and unchanged. Afterwards requests are acknowledged again, or the fault has failed.
   */
  async endure(fault: Fault, happen: (load: Load) => Promise<void>): Promise<Endured> {
    const begun = performance.now();
    const account = new EventAccount(new Date().toISOString(), fault.eventOf);
    const load = new Load(this.url, {
      account,
      random: this.random,
      senders: OPEN_REQUESTS,
      requestsPerSecond: fault.requestsPerSecond ?? REQUESTS_PER_SECOND,
      eventsPerRequest: EVENTS_PER_REQUEST,
      keyShare: 1,
    });
    this.current = { account, load };
    this.slowestMs = 0;
    try {
      await load.acknowledges(20);
      await happen(load);
      await load.acknowledges(20, RECOVERS_WITHIN_MS);
      await load.finish();
      await this.storesAcked();
      return { answers: load.answers, verdict: await this.settle(fault, begun) };
    } finally {
      await load.abandon();
    }
  }

  /** Nothing else is stored than what the faults have found. */
  async checkTotal(): Promise<void> {
    expect(await storedCount(this.pipeline.gatewayUrl)).toBe(this.found);
  }

  async close(): Promise<void> {
    await this.pipeline.kill();
    await Promise.all(Object.values(this.links).map((link) => link.close()));
    await Promise.all([this.broker.remove(), this.postgres.stop()]);
    await rm(this.folder, { recursive: true, force: true });
  }

  private async settle({ rounds = 1, ackedFloor }: Fault, begun: number): Promise<Verdict> {
    const { account, load } = this.current!;
    await readBack(this.pipeline.gatewayUrl, account, queryOf(account));
    const verdict = account.verdict();
    this.found += verdict.found;
    const report = [
      `${((performance.now() - begun) / 1_000).toFixed(1)} s`,
      `slowest recovery ${Math.round(this.slowestMs)} ms`,
      `largest process ${Math.round(this.largestBytes / MIB)} MiB`,
      `answers ${JSON.stringify(Object.fromEntries(load.answers))}`,
    ];
    process.stderr.write(
      `${expect.getState().currentTestName}:\n  ${verdictLine(verdict, rounds)} liveness ok\n  ${report.join(', ')}\n`,
    );
    expect(load.violations).toEqual([]);
    expect(verdict).toMatchObject({ lost: 0, dup: 0, foreign: 0, corrupt: 0, unknown: 0 });
    expect(verdict.found).toBe(verdict.sent);
    expect(verdict.acked).toBe(verdict.sent);
    expect(verdict.acked).toBeGreaterThanOrEqual(ackedFloor);
    expect(this.largestBytes).toBeLessThan(MEMORY_BOUND);
    return verdict;
  }

  /** Memory of the largest process that runs. */
  private get largestBytes(): number {
    return Math.max(...this.pipeline.all.map((each) => (each.isRunning ? each.residentBytes : 0)));
  }
}

function queryOf({ run }: EventAccount): string {
  return `metadata.run:"${run}"`;
}

function startPostgres(dataFolder: string, tcpPort: number): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({
    dataFolder,
    database: 'penstock',
    memoryBytes: 1024 ** 3,
    fsync: true,
    tcpPort,
    report: () => undefined,
  });
}
