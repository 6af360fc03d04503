import {
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { Senders } from '#access';
import { IngestPipeline, type BatchLedger } from '#delivery';
import type { BatchPublisher } from '#queue';
import type { Telemetry } from '#telemetry';
import { ingestRoutes } from './http/ingest-routes.ts';
import { RequestBodies } from './http/request-bodies.ts';
import { INGEST_DEFAULTS, type IngestSettings } from './settings.ts';

/** What ingest is given, already open. */
export interface IngestParts {
  readonly queue: BatchPublisher;
  /** Where an Idempotency-Key is looked up. */
  readonly ledger: BatchLedger;
  readonly telemetry: Telemetry;
  /** Who may send. */
  readonly senders: Senders;
  readonly settings?: Partial<IngestSettings>;
}

const INGEST_PARTS = Symbol('IngestParts');
/** Token of the `IngestPipeline`, for what else brings events in (the replay of quarantine). */
export const INGEST_PIPELINE = Symbol('IngestPipeline');

/** Registers the routes at the start; at the end refuses what comes and waits for what was admitted. */
@Injectable()
class IngestServer implements OnModuleInit, OnModuleDestroy {
  private readonly pipeline: IngestPipeline;
  private readonly parts: IngestParts;
  private readonly settings: IngestSettings;
  private readonly bodies: RequestBodies;
  private readonly host: HttpAdapterHost;

  constructor(
    @Inject(INGEST_PARTS) parts: IngestParts,
    @Inject(INGEST_PIPELINE) pipeline: IngestPipeline,
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
  ) {
    this.pipeline = pipeline;
    this.parts = parts;
    this.settings = settingsOf(parts);
    this.bodies = new RequestBodies(pipeline.admission, this.settings);
    this.host = host;
  }

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    const { pipeline, bodies } = this;
    const { senders, telemetry } = this.parts;
    void fastify.register(ingestRoutes({ pipeline, bodies, senders, telemetry }));
  }

  async onModuleDestroy(): Promise<void> {
    await this.pipeline.drain(this.settings.drainMs);
    this.bodies.close();
  }
}

function settingsOf(parts: IngestParts): IngestSettings {
  return { ...INGEST_DEFAULTS, ...parts.settings };
}

/** Ingest over HTTP, for a Nest application on the Fastify adapter. */
@Module({})
export class IngestModule {
  static register(parts: IngestParts): DynamicModule {
    return {
      module: IngestModule,
      providers: [
        { provide: INGEST_PARTS, useValue: parts },
        {
          provide: INGEST_PIPELINE,
          useFactory: () =>
            new IngestPipeline({
              queue: parts.queue,
              ledger: parts.ledger,
              telemetry: parts.telemetry,
              settings: settingsOf(parts).pipeline,
            }),
        },
        IngestServer,
      ],
      exports: [INGEST_PIPELINE],
    };
  }
}
