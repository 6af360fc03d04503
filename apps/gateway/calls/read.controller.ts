import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Res,
  UseGuards,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { Needs } from '../access/declare-access.ts';
import { bodyParameters } from '../http/body.ts';
import { QueryStringGuard } from '../http/query-string.guard.ts';
import { DescribeCall } from '../openapi/describe-call.ts';
import type { ParameterSource } from '../parameters/read-parameters.ts';
import { contextCall } from './context.ts';
import { countCall } from './count.ts';
import { facetsCall } from './facets.ts';
import { fieldStatisticsCall } from './field-statistics.ts';
import { histogramCall } from './histogram.ts';
import { modesCall } from './modes.ts';
import { patternsCall } from './patterns.ts';
import { ReadCalls } from './read-calls.ts';
import { searchCall } from './search.ts';
import { traceCall } from './trace.ts';

const search = {
  summary: 'Search the logs',
  description:
    'Newest first. A page at a time: `nextCursor` continues, null is the end. With `mode=similar` the best first, in one page.',
  parameters: searchCall.parameters,
  answer: 'SearchAnswer',
  problems: {
    409: '`mode=similar`: nothing of the range is in the search index.',
    501: '`mode=similar`: there is no search index.',
  },
} as const;
const modes = {
  summary: 'The modes of search that are there',
  parameters: modesCall.parameters,
  answer: 'ModesAnswer',
} as const;
const count = {
  summary: 'Count the events that match',
  parameters: countCall.parameters,
  answer: 'CountAnswer',
} as const;
const histogram = {
  summary: 'Count the events that match by time and level',
  description: 'Only buckets that hold something, oldest first; at most 5,000.',
  parameters: histogramCall.parameters,
  answer: 'HistogramAnswer',
} as const;
const facets = {
  summary: 'Count the events that match by the values of a field',
  description: 'The most frequent values first.',
  parameters: facetsCall.parameters,
  answer: 'FacetsAnswer',
} as const;
const fieldStatistics = {
  summary: 'What a field holds',
  description:
    'How many of the events that match have it, its number of different values, and how those that are numbers are spread.',
  parameters: fieldStatisticsCall.parameters,
  answer: 'FieldStatisticsAnswer',
} as const;
const patterns = {
  summary: 'Group the messages by what they have in common',
  description:
    'Numbers, times, addresses and hexadecimal ids are masked as `<*>`. The most frequent first. Events are read newest first, so a partial answer is of the newest.',
  parameters: patternsCall.parameters,
  answer: 'PatternsAnswer',
} as const;
const context = {
  summary: 'An event with its neighbours',
  description: 'The event itself with older and newer ones, oldest first.',
  parameters: contextCall.parameters,
  answer: 'HitsAnswer',
  notFound: true,
} as const;
const trace = {
  summary: 'All events of a trace',
  description: 'Oldest first; an unknown trace has none.',
  parameters: traceCall.parameters,
  pathParameter: 'traceId',
  answer: 'HitsAnswer',
} as const;

/** The reading calls, each by GET with a query string and by POST with the same members in a JSON body. */
@ApiTags('search')
@Controller('api/v1')
@UseGuards(QueryStringGuard)
export class ReadController {
  private readonly calls: ReadCalls;

  constructor(@Inject(ReadCalls) calls: ReadCalls) {
    this.calls = calls;
  }

  @Get('search')
  @Needs('events:read')
  @DescribeCall({ ...search, by: 'query' })
  search(@Query() query: ParameterSource, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.answer(searchCall, query, reply);
  }

  @Post('search')
  @Needs('events:read')
  @HttpCode(200)
  @DescribeCall({ ...search, by: 'body' })
  searchByPost(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.answer(searchCall, bodyParameters(body), reply);
  }

  @Get('search/modes')
  @Needs('events:read')
  @DescribeCall({ ...modes, by: 'query' })
  modes(@Query() query: ParameterSource, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.answer(modesCall, query, reply);
  }

  @Get('count')
  @Needs('events:read')
  @DescribeCall({ ...count, by: 'query' })
  count(@Query() query: ParameterSource, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.answer(countCall, query, reply);
  }

  @Post('count')
  @Needs('events:read')
  @HttpCode(200)
  @DescribeCall({ ...count, by: 'body' })
  countByPost(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.answer(countCall, bodyParameters(body), reply);
  }

  @Get('histogram')
  @Needs('events:read')
  @DescribeCall({ ...histogram, by: 'query' })
  histogram(@Query() query: ParameterSource, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.answer(histogramCall, query, reply);
  }

  @Post('histogram')
  @Needs('events:read')
  @HttpCode(200)
  @DescribeCall({ ...histogram, by: 'body' })
  histogramByPost(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.answer(histogramCall, bodyParameters(body), reply);
  }

  @Get('facets')
  @Needs('events:read')
  @DescribeCall({ ...facets, by: 'query' })
  facets(@Query() query: ParameterSource, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.answer(facetsCall, query, reply);
  }

  @Post('facets')
  @Needs('events:read')
  @HttpCode(200)
  @DescribeCall({ ...facets, by: 'body' })
  facetsByPost(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.answer(facetsCall, bodyParameters(body), reply);
  }

  @Get('field-statistics')
  @Needs('events:read')
  @DescribeCall({ ...fieldStatistics, by: 'query' })
  fieldStatistics(@Query() query: ParameterSource, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.answer(fieldStatisticsCall, query, reply);
  }

  @Post('field-statistics')
  @Needs('events:read')
  @HttpCode(200)
  @DescribeCall({ ...fieldStatistics, by: 'body' })
  fieldStatisticsByPost(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.answer(fieldStatisticsCall, bodyParameters(body), reply);
  }

  @Get('patterns')
  @Needs('events:read')
  @DescribeCall({ ...patterns, by: 'query' })
  patterns(@Query() query: ParameterSource, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.answer(patternsCall, query, reply);
  }

  @Post('patterns')
  @Needs('events:read')
  @HttpCode(200)
  @DescribeCall({ ...patterns, by: 'body' })
  patternsByPost(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.answer(patternsCall, bodyParameters(body), reply);
  }

  @Get('context')
  @Needs('events:read')
  @DescribeCall({ ...context, by: 'query' })
  context(@Query() query: ParameterSource, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.answer(contextCall, query, reply);
  }

  @Post('context')
  @Needs('events:read')
  @HttpCode(200)
  @DescribeCall({ ...context, by: 'body' })
  contextByPost(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.answer(contextCall, bodyParameters(body), reply);
  }

  @Get('traces/:traceId')
  @Needs('events:read')
  @DescribeCall({ ...trace, by: 'query' })
  trace(
    @Param('traceId') traceId: string,
    @Query() query: ParameterSource,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.calls.answer(traceCall, { ...query, traceId }, reply);
  }

  @Post('traces/:traceId')
  @Needs('events:read')
  @HttpCode(200)
  @DescribeCall({ ...trace, by: 'body' })
  traceByPost(
    @Param('traceId') traceId: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.calls.answer(traceCall, { ...bodyParameters(body), traceId }, reply);
  }
}
