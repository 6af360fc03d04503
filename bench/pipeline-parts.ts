import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../apps/standalone/postgres/embedded-postgres.ts';
import { livingPostmaster } from '../apps/standalone/postgres/postmaster.ts';
import { freePort } from '../test/support/free-port.mjs';
import { PipelineProcesses, type PipelinePart } from '../test/support/pipeline-processes.ts';
import { BrokerProcess } from '../test/support/rabbitmq-server.mjs';
import { familyCpuSeconds, ownCpuSeconds, residentBytes } from './process-usage.ts';

export type MeasuredPart = 'client' | 'ingest' | 'broker' | 'writer' | 'postgres';

const PREFIX = 'bench';

/** A RabbitMQ and a Postgres of their own, and the processes of a pipeline, which start when they are asked for. */
export class PipelineParts {
  readonly processes: PipelineProcesses;
  private readonly folder: string;
  private readonly broker: BrokerProcess;
  private readonly postgres: EmbeddedPostgres;

  private constructor(folder: string, broker: BrokerProcess, postgres: EmbeddedPostgres) {
    this.folder = folder;
    this.broker = broker;
    this.postgres = postgres;
    this.processes = new PipelineProcesses({
      databaseUrl: postgres.url,
      rabbitmqUrl: broker.url,
      environment: { RABBITMQ_PREFIX: PREFIX, LOG_LEVEL: 'warn', NODE_ENV: 'production' },
    });
  }

  static async start(): Promise<PipelineParts> {
    const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-'));
    await chmod(folder, 0o755); // As root, Postgres runs as another user and must get through.
    const broker = await BrokerProcess.start({ folder: join(folder, 'rabbitmq') });
    const postgres = await startEmbeddedPostgres({
      dataFolder: folder,
      database: 'penstock',
      memoryBytes: 2 * 1024 ** 3,
      fsync: true,
      tcpPort: await freePort(),
      report: () => undefined,
    });
    return new PipelineParts(folder, broker, postgres);
  }

  /** Starts a process of the pipeline; resolves with its address once it is ready. */
  async add(part: PipelinePart): Promise<string> {
    return (await this.processes.add(part)).url;
  }

  /** CPU seconds so far of each part, all of its processes. */
  cpuSeconds(): Readonly<Record<MeasuredPart, number>> {
    return {
      client: ownCpuSeconds(process.pid),
      ingest: this.ownSeconds('ingest'),
      broker: familyCpuSeconds(this.broker.pid),
      writer: this.ownSeconds('writer'),
      postgres: familyCpuSeconds(livingPostmaster(join(this.folder, 'postgres')) ?? 0),
    };
  }

  residentBytes(): Readonly<Record<'ingest' | 'writer' | 'broker', number>> {
    return {
      ingest: this.residentOf('ingest'),
      writer: this.residentOf('writer'),
      broker: residentBytes(this.broker.pid),
    };
  }

  /** Events that the writers say they have stored. */
  async storedEvents(): Promise<number> {
    const counts = this.processes.running('writer').map(({ url }) => storedBy(url));
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  }

  /** A connection of its own, which tells how many batches wait in the broker. */
  async watchBacklog(): Promise<{ ready(): Promise<number>; close(): Promise<void> }> {
    const model = await connect(this.broker.url);
    const channel = await model.createChannel();
    return {
      ready: async () => (await channel.checkQueue(`${PREFIX}.batches.0`)).messageCount,
      close: () => model.close(),
    };
  }

  async stop(): Promise<void> {
    await this.processes.stop();
    await this.postgres.stop();
    await this.broker.remove();
    await rm(this.folder, { recursive: true, force: true });
  }

  private ownSeconds(part: PipelinePart): number {
    return this.processes.running(part).reduce((sum, { pid }) => sum + ownCpuSeconds(pid), 0);
  }

  private residentOf(part: PipelinePart): number {
    return this.processes.running(part).reduce((sum, { pid }) => sum + residentBytes(pid), 0);
  }
}

const STORED = /^penstock_store_events_total(?:\{[^}]*\})? (\d+)/gm;

async function storedBy(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return [...text.matchAll(STORED)].reduce((sum, [, value]) => sum + Number(value), 0);
}
