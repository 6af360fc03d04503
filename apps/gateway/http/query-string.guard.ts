import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { invalidParameters } from './problem.ts';

/**
 * Refuses a query string on POST, where parameters are members of the body: left unread, `POST /api/v1/search?q=x`
 * would answer with everything.
 */
@Injectable()
export class QueryStringGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { method, query } = context.switchToHttp().getRequest<FastifyRequest>();
    const names = method === 'POST' ? Object.keys(query as object) : [];
    if (names.length === 0) return true;
    throw invalidParameters(
      names.map((name) => ({
        field: name.slice(0, 100),
        detail: 'a POST takes its parameters as members of a JSON body; send it there.',
      })),
    );
  }
}
