import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Put,
  Req,
  Res,
} from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { formatTimestamp } from '#event';
import {
  MOST_SAVED_SEARCHES,
  type SavedSearch,
  type SaveOutcome,
  type SearchToSave,
  type SearchUser,
} from '#store';

import { Needs } from '../access/declare-access.ts';
import { identityOf } from '../access/request-identity.ts';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { bodyParameters } from '../http/body.ts';
import { CallScope } from '../http/call-scope.ts';
import { notFound, Problem } from '../http/problem.ts';
import { sendJson } from '../http/send-json.ts';
import { DescribeCall, DescribeProblems } from '../openapi/describe-call.ts';
import { schemaRef } from '../openapi/schemas.ts';
import { readParameters } from '../parameters/read-parameters.ts';
import { searchParameters, searchToSave } from './search-parameters.ts';

const SEARCH_ID = { name: 'id', description: 'Id of a saved search.' };

const saving = {
  parameters: searchParameters,
  by: 'body',
  answer: 'SavedSearch',
  problems: {
    403: 'It needs the permission `searches:write`, and of changes the CSRF token; or the search is somebody else’s.',
    409: 'The folder has another search of this name, or there are too many searches.',
  },
} as const;

/** Searches under a name, with their range and columns. */
@ApiTags('saved searches')
@Controller('api/v1/searches')
export class SearchesController {
  private readonly parts: GatewayParts;
  private readonly scope: CallScope;

  constructor(@Inject(GATEWAY_PARTS) parts: GatewayParts, @Inject(CallScope) scope: CallScope) {
    this.parts = parts;
    this.scope = scope;
  }

  @Get()
  @Needs('searches:read')
  @DescribeCall({
    summary: 'One’s own saved searches and the shared ones, by folder and name',
    parameters: {},
    by: 'query',
    answer: 'SavedSearchesAnswer',
  })
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.scope.begin('searches', reply);
    const user = userOf(request);
    const searches = await this.parts.searches.list(user);
    await sendJson(reply, { searches: searches.map((search) => searchJson(search, user)) });
  }

  @Post()
  @Needs('searches:write')
  @HttpCode(200)
  @DescribeCall({ ...saving, summary: 'Save a search' })
  async add(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.scope.begin('searches-add', reply);
    const user = userOf(request);
    const outcome = await this.parts.searches.add(this.read(body), user);
    await sendJson(reply, searchJson(saved(outcome), user));
  }

  @Put(':id')
  @Needs('searches:write')
  @ApiParam(SEARCH_ID)
  @DescribeCall({ ...saving, summary: 'Put another search in the place of one', notFound: true })
  async replace(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.scope.begin('searches-replace', reply);
    const user = userOf(request);
    const outcome = await this.parts.searches.replace(id, this.read(body), user);
    await sendJson(reply, searchJson(saved(outcome), user));
  }

  @Delete(':id')
  @Needs('searches:write')
  @ApiOperation({ summary: 'Delete a saved search' })
  @ApiParam(SEARCH_ID)
  @ApiResponse({
    status: 200,
    description: 'It is deleted.',
    content: { 'application/json': { schema: schemaRef('DeleteAnswer') } },
  })
  @DescribeProblems({ notFound: true })
  async delete(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.scope.begin('searches-delete', reply);
    const outcome = await this.parts.searches.delete(id, userOf(request));
    if (outcome === 'absent') throw noSearch();
    if (outcome === 'not-owner') throw notOwner();
    await sendJson(reply, { deleted: true });
  }

  private read(body: unknown): SearchToSave {
    const source = bodyParameters(body);
    const search = searchToSave(readParameters(searchParameters, source, this.parts.clock()));
    if (search.shared === false && this.parts.access.mode === 'off') throw nothingPrivate();
    return search;
  }
}

function saved(outcome: SaveOutcome): SavedSearch {
  switch (outcome.kind) {
    case 'saved':
      return outcome.search;
    case 'absent':
      throw noSearch();
    case 'not-owner':
      throw notOwner();
    case 'name-taken':
      throw new Problem(409, 'name-taken', 'The folder has another search of this name.');
    case 'full':
      throw new Problem(
        409,
        'too-many-searches',
        `You have ${MOST_SAVED_SEARCHES} saved searches; delete one first.`,
      );
  }
}

function userOf(request: FastifyRequest): SearchUser {
  const { id, name, role } = identityOf(request);
  return { id, name, isAdmin: role === 'admin' };
}

function searchJson(
  { query, owner, createdAt, updatedAt, ...search }: SavedSearch,
  user: SearchUser,
): object {
  return {
    ...search,
    q: query,
    owner: owner?.name ?? null,
    editable: owner?.id === user.id || user.isAdmin,
    createdAt: formatTimestamp(createdAt),
    updatedAt: formatTimestamp(updatedAt),
  };
}

function notOwner(): Problem {
  return new Problem(
    403,
    'not-owner',
    'The search is somebody else’s: its owner and admins change it. Save it under another name.',
  );
}

function nothingPrivate(): Problem {
  return new Problem(
    409,
    'access-control-off',
    'While access control is off there are no users, so that nothing can be private. Leave `shared` out.',
  );
}

function noSearch(): Problem {
  return notFound('There is no saved search of this id.');
}
