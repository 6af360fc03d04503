import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';

import { ReadCalls } from './calls/read-calls.ts';
import { ReadController } from './calls/read.controller.ts';
import { EventStream } from './export/event-stream.ts';
import { ExportController } from './export/export.controller.ts';
import { LogsController } from './filters/logs.controller.ts';
import { GATEWAY_PARTS, type GatewayParts } from './gateway-parts.ts';
import { CallScope } from './http/call-scope.ts';
import { ProblemFilter } from './http/problem.filter.ts';
import { UnknownPathController } from './http/unknown-path.controller.ts';
import { PipelineController } from './pipeline/pipeline.controller.ts';
import { QuarantineController } from './quarantine/quarantine.controller.ts';
import { SearchesController } from './searches/searches.controller.ts';
import { LiveTail } from './tail/live-tail.ts';
import { TailController } from './tail/tail.controller.ts';

/** The query API over opened parts. `configureGateway` adds its documentation, the page and the headers. */
@Module({})
export class GatewayModule {
  static register(parts: GatewayParts): DynamicModule {
    return {
      module: GatewayModule,
      controllers: [
        ReadController,
        TailController,
        ExportController,
        LogsController,
        QuarantineController,
        PipelineController,
        SearchesController,
        UnknownPathController,
      ],
      providers: [
        { provide: GATEWAY_PARTS, useValue: parts },
        { provide: APP_FILTER, useClass: ProblemFilter },
        CallScope,
        ReadCalls,
        EventStream,
        LiveTail,
      ],
    };
  }
}
