import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger';

import type { ParameterSet } from '../parameters/parameter.ts';
import { schemaRef, type SchemaName } from './schemas.ts';
import type { Schema } from './schema.ts';

/** What the API's documentation says of a call. */
export interface CallDescription {
  readonly summary: string;
  readonly description?: string;
  readonly parameters: ParameterSet;
  /** Where the parameters come from: the query string, or the members of a JSON body. */
  readonly by: 'query' | 'body';
  /** The parameter that is part of the path. */
  readonly pathParameter?: string;
  /** A schema of `schemas.ts` for a JSON answer, or the media types of another. */
  readonly answer: SchemaName | readonly string[];
  readonly notFound?: boolean;
  /** Problems of this call alone, by status. */
  readonly problems?: Readonly<Record<number, string>>;
}

/** Documents a call from the same definitions that validate it. */
export function DescribeCall(call: CallDescription): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary: call.summary,
      ...(call.description && { description: call.description }),
    }),
    ...parameterDecorators(call),
    ApiResponse({ status: 200, description: 'The answer.', content: answerContent(call.answer) }),
    ...problemResponses(call.notFound === true),
    ...Object.entries(call.problems ?? {}).map(([status, text]) => problem(Number(status), text)),
  );
}

/** Documents the problems of a call that is described by other means. */
export function DescribeProblems(options: { readonly notFound?: boolean } = {}): MethodDecorator {
  return applyDecorators(...problemResponses(options.notFound === true));
}

function problemResponses(notFound: boolean): MethodDecorator[] {
  return [
    problem(400, 'A parameter is not valid; `errors` names each and says what is allowed.'),
    ...(notFound ? [problem(404, 'There is no such thing.')] : []),
    problem(500, 'Something unexpected; the log has it under the `id`.'),
    problem(503, 'Too many calls, or the store is away. `Retry-After` says when to try again.'),
  ];
}

function problem(status: number, description: string): MethodDecorator {
  return ApiResponse({
    status,
    description,
    content: { 'application/problem+json': { schema: schemaRef('Problem') } },
    ...(status === 503 && {
      headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } },
    }),
  });
}

function answerContent(answer: SchemaName | readonly string[]): Record<string, { schema: Schema }> {
  if (typeof answer === 'string') return { 'application/json': { schema: schemaRef(answer) } };
  return Object.fromEntries(answer.map((type) => [type, { schema: { type: 'string' } }]));
}

function parameterDecorators(call: CallDescription): MethodDecorator[] {
  const named = Object.entries(call.parameters).filter(([name]) => name !== call.pathParameter);
  return [
    ...pathDecorators(call),
    ...(call.by === 'query' ? queryDecorators(named) : [body(named)]),
  ];
}

type Named = [string, ParameterSet[string]][];

function pathDecorators({ pathParameter, parameters }: CallDescription): MethodDecorator[] {
  const parameter = pathParameter === undefined ? undefined : parameters[pathParameter];
  if (pathParameter === undefined || parameter === undefined) return [];
  const { description, schema } = parameter;
  return [ApiParam({ name: pathParameter, description, required: true, schema })];
}

function queryDecorators(named: Named): MethodDecorator[] {
  return named.map(([name, { description, schema, required }]) =>
    ApiQuery({ name, description, schema, required }),
  );
}

function body(named: Named): MethodDecorator {
  const required = named.filter(([, parameter]) => parameter.required).map(([name]) => name);
  const properties = Object.fromEntries(
    named.map(([name, { description, schema }]) => [name, { ...schema, description }]),
  );
  return ApiBody({
    required: required.length > 0,
    schema: {
      type: 'object',
      additionalProperties: false,
      properties,
      ...(required.length > 0 && { required }),
    },
  });
}
