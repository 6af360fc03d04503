import { All, Controller, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Open } from '../access/declare-access.ts';
import { CallScope } from './call-scope.ts';
import { noSuchCall } from './problem.ts';

/** What no other route under /api takes: problem details, never the page. */
@ApiExcludeController()
@Controller('api')
export class UnknownPathController {
  private readonly scope: CallScope;

  constructor(@Inject(CallScope) scope: CallScope) {
    this.scope = scope;
  }

  @All(['', '*'])
  @Open()
  answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): never {
    this.scope.begin('unknown', reply);
    throw noSuchCall(request);
  }
}
