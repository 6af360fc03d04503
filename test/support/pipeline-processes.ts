import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Readiness } from '#process';
import type { ProgramExit } from './running-process.ts';
import { RunningProcess } from './running-process.ts';
import { waitUntil } from './wait-until.ts';

export type PipelinePart = 'ingest' | 'writer' | 'gateway' | 'keeper';

export interface PipelineOptions {
  readonly databaseUrl: string;
  readonly rabbitmqUrl: string;
  /** Writers that `start` starts. Default 1. */
  readonly writers?: number;
  /** Settings of all processes, by the name of their variable. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Between the start of a process and its readiness: a new queue settles for 5 s. */
const READY_MS = 60_000;

/**
 * The processes of a pipeline, built, each on ports that the system chooses, with queues of names of their own on a
 * given broker, and a given database.
 */
export class PipelineProcesses {
  /** Settings that every process gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Every process that was started, those that have ended too. */
  readonly all: RunningProcess[] = [];
  private readonly current = new Map<PipelinePart, RunningProcess[]>();

  constructor({ databaseUrl, rabbitmqUrl, environment = {} }: PipelineOptions) {
    this.environment = {
      DATABASE_URL: databaseUrl,
      RABBITMQ_URL: rabbitmqUrl,
      RABBITMQ_PREFIX: `test-${randomBytes(6).toString('hex')}`,
      HTTP_PORT: '0',
      GATEWAY_PORT: '0',
      OPERATIONS_PORT: '0',
      // What these suites are about does not depend on who sends.
      INGEST_AUTH: 'off',
      AUTH: 'off',
      ...environment,
    };
  }

  /** All parts, once they are ready. */
  static async start(options: PipelineOptions): Promise<PipelineProcesses> {
    const pipeline = new PipelineProcesses(options);
    const writers = Array.from({ length: options.writers ?? 1 }, () => 'writer' as const);
    try {
      await Promise.all(
        (['ingest', 'gateway', 'keeper', ...writers] as const).map((part) => pipeline.add(part)),
      );
    } catch (error) {
      await pipeline.kill();
      throw error;
    }
    return pipeline;
  }

  /** Starts one process more without waiting for anything. */
  launch(part: PipelinePart, environment: Readonly<Record<string, string>> = {}): RunningProcess {
    const started = RunningProcess.spawn({
      main: join(import.meta.dirname, `../../dist/apps/${part}/main.js`),
      environment: { ...this.environment, ...environment },
    });
    this.all.push(started);
    this.current.set(part, [...this.running(part), started]);
    return started;
  }

  /** Starts one process more, and resolves once it is ready. */
  async add(
    part: PipelinePart,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<RunningProcess> {
    const started = this.launch(part, environment);
    await started.ready();
    await becomesReady(started);
    return started;
  }

  /** The processes of a part that have not ended. */
  running(part: PipelinePart): RunningProcess[] {
    return (this.current.get(part) ?? []).filter(({ isRunning }) => isRunning);
  }

  /** Where events are sent; of the first ingest that runs. */
  get ingestUrl(): string {
    return this.first('ingest').url;
  }

  /** Where events are searched; of the first gateway that runs. */
  get gatewayUrl(): string {
    return this.first('gateway').url;
  }

  first(part: PipelinePart): RunningProcess {
    const [first] = this.running(part);
    if (first === undefined) throw new Error(`no ${part} runs`);
    return first;
  }

  /** Ends all as Kubernetes does, at the same time; resolves with how each ended. */
  stop(): Promise<ProgramExit[]> {
    return Promise.all(this.all.map((each) => each.stop()));
  }

  async kill(): Promise<void> {
    await Promise.all(this.all.map((each) => each.kill()));
  }
}

/** What a process says of itself and of what it depends on. */
export async function readinessOf(url: string): Promise<Readiness> {
  const answer = await fetch(`${url}/health/ready`);
  return (await answer.json()) as Readiness;
}

export async function becomesReady(started: RunningProcess): Promise<void> {
  await waitUntil(
    'the process is ready',
    async () => {
      if (!started.isRunning) throw new Error(`the process ended:\n${started.text}`);
      return (await readinessOf(started.url)).ready;
    },
    READY_MS,
  );
}
