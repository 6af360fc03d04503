import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';

import { AccessGuard } from './access/access.guard.ts';
import { AccountsAccess } from './access/accounts-access.ts';
import { checkDeclarations } from './access/check-declarations.ts';
import { AccountController } from './access/account.controller.ts';
import { OidcController } from './access/oidc.controller.ts';
import { SessionController } from './access/session.controller.ts';
import { UsersController } from './access/users.controller.ts';
import { AuditController } from './audit/audit.controller.ts';
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
import { SegmentsController } from './segments/segments.controller.ts';
import { LiveTail } from './tail/live-tail.ts';
import { TailController } from './tail/tail.controller.ts';
import { TokensController } from './tokens/tokens.controller.ts';

const CONTROLLERS = [
  ReadController,
  TailController,
  ExportController,
  LogsController,
  QuarantineController,
  PipelineController,
  SearchesController,
  SessionController,
  OidcController,
  AccountController,
  UsersController,
  AuditController,
  TokensController,
  SegmentsController,
  UnknownPathController,
];

/** The query API over opened parts. `configureGateway` adds its documentation, the page and the headers. */
@Module({})
export class GatewayModule {
  static register(parts: GatewayParts): DynamicModule {
    checkDeclarations(CONTROLLERS);
    return {
      module: GatewayModule,
      controllers: CONTROLLERS,
      providers: [
        { provide: GATEWAY_PARTS, useValue: parts },
        { provide: APP_FILTER, useClass: ProblemFilter },
        AccessGuard,
        AccountsAccess,
        { provide: APP_GUARD, useExisting: AccessGuard },
        CallScope,
        ReadCalls,
        EventStream,
        LiveTail,
      ],
    };
  }
}
