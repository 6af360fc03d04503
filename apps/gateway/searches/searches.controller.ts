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
  Res,
} from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { formatTimestamp } from '#event';
import { MOST_SAVED_SEARCHES, type SavedSearch, type SaveOutcome, type SearchToSave } from '#store';

import { Needs } from '../access/declare-access.ts';
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
  problems: { 409: 'The folder has another search of this name, or there are too many searches.' },
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
    summary: 'The saved searches, by folder and name',
    parameters: {},
    by: 'query',
    answer: 'SavedSearchesAnswer',
  })
  async list(@Res() reply: FastifyReply): Promise<void> {
    this.scope.begin('searches', reply);
    const searches = await this.parts.searches.list();
    await sendJson(reply, { searches: searches.map(searchJson) });
  }

  @Post()
  @Needs('searches:write')
  @HttpCode(200)
  @DescribeCall({ ...saving, summary: 'Save a search' })
  async add(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    this.scope.begin('searches-add', reply);
    await sendJson(reply, searchJson(saved(await this.parts.searches.add(this.read(body)))));
  }

  @Put(':id')
  @Needs('searches:write')
  @ApiParam(SEARCH_ID)
  @DescribeCall({ ...saving, summary: 'Put another search in the place of one', notFound: true })
  async replace(
    @Param('id') id: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.scope.begin('searches-replace', reply);
    const outcome = await this.parts.searches.replace(id, this.read(body));
    await sendJson(reply, searchJson(saved(outcome)));
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
  async delete(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    this.scope.begin('searches-delete', reply);
    if (!(await this.parts.searches.delete(id))) throw noSearch();
    await sendJson(reply, { deleted: true });
  }

  private read(body: unknown): SearchToSave {
    return searchToSave(readParameters(searchParameters, bodyParameters(body), this.parts.clock()));
  }
}

function saved(outcome: SaveOutcome): SavedSearch {
  switch (outcome.kind) {
    case 'saved':
      return outcome.search;
    case 'absent':
      throw noSearch();
    case 'name-taken':
      throw new Problem(409, 'name-taken', 'The folder has another search of this name.');
    case 'full':
      throw new Problem(
        409,
        'too-many-searches',
        `There are ${MOST_SAVED_SEARCHES} saved searches; delete one first.`,
      );
  }
}

function searchJson({ query, createdAt, updatedAt, ...search }: SavedSearch): object {
  return {
    ...search,
    q: query,
    createdAt: formatTimestamp(createdAt),
    updatedAt: formatTimestamp(updatedAt),
  };
}

function noSearch(): Problem {
  return notFound('There is no saved search of this id.');
}
