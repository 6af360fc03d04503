import { LIMITS } from '#event';

import type { OpenAPIObject } from '@nestjs/swagger';

import type { InlineSchema, Schema } from './schema.ts';
import { schemaRef, type SchemaName } from './schemas.ts';

/** Name of the scheme of ingest tokens in the API's documentation. */
export const INGEST_TOKEN_SCHEME = 'ingestToken';

type Paths = OpenAPIObject['paths'];
type Operation = NonNullable<Paths[string]['post']>;
type Responses = Operation['responses'];
type Response = Extract<NonNullable<Responses[string]>, { description: string }>;

const EVENT_LIST: InlineSchema = {
  type: 'array',
  items: schemaRef('Event'),
  maxItems: LIMITS.eventsPerRequest,
};

const REQUEST_BODY: NonNullable<Operation['requestBody']> = {
  required: true,
  description: `At most ${LIMITS.eventsPerRequest} events and ${LIMITS.bodyBytes} bytes as sent. By Content-Encoding: gzip, deflate, br or zstd, inflated at most ${LIMITS.inflatedBytes} bytes.`,
  content: {
    'application/json': { schema: { oneOf: [schemaRef('Event'), EVENT_LIST] } },
    'application/x-ndjson': { schema: { type: 'string', description: 'One event per line.' } },
  },
};

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header' as const,
  required: false,
  description:
    'Makes repeating the request safe: the same key with the same body gets the same answer and is stored once.',
  schema: { type: 'string', minLength: 1, maxLength: 255 } satisfies Schema,
};

const RETRY_AFTER = { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } };

const INGEST_RESPONSES: Responses = {
  202: json('Durable: every event that `rejected` does not name is stored.', 'IngestAnswer'),
  400: problem('Malformed, or no event can be stored; `rejected` says why.'),
  401: problem('It needs an ingest token, and has none that is accepted.'),
  408: problem('The body did not arrive in time.'),
  413: problem('Too many bytes or events.'),
  415: problem('A content type or encoding that is not read.'),
  422: problem('The Idempotency-Key was used before for another body.'),
  429: {
    ...problem('The token has reached its rate or its volume of the day; nothing was stored.'),
    headers: RETRY_AFTER,
  },
  500: problem('Something unexpected; the log has it.'),
  503: {
    ...problem('`overloaded`: nothing was stored. `outcome-unknown`: repeat it with its key.'),
    headers: RETRY_AFTER,
  },
};

function ingestCall(summary: string): Operation {
  return {
    tags: ['ingest'],
    summary,
    description:
      'One event, an array of events or NDJSON. Answered after the commit; the bad events of a request are named, the good ones stored.',
    security: [{ [INGEST_TOKEN_SCHEME]: [] }, {}],
    parameters: [IDEMPOTENCY_KEY],
    requestBody: REQUEST_BODY,
    responses: INGEST_RESPONSES,
  };
}

function json(description: string, schema: SchemaName): Response {
  return { description, content: { 'application/json': { schema: schemaRef(schema) } } };
}

function problem(description: string): Response {
  return {
    description,
    content: { 'application/problem+json': { schema: schemaRef('Problem') } },
  };
}

const PATHS: Paths = {
  '/': { post: ingestCall('Send logs') },
  '/logs': { post: ingestCall('Send logs') },
  '/logs/batch': { post: ingestCall('Send a batch of logs') },
  '/logs/ingest': { post: ingestCall('Send logs') },
  '/log-event': { post: ingestCall('Send logs') },
  '/health/live': {
    get: {
      tags: ['operations'],
      summary: 'Whether the process runs',
      responses: { 200: json('It runs.', 'HealthAnswer') },
    },
  },
  '/health/ready': {
    get: {
      tags: ['operations'],
      summary: 'Whether it should get requests',
      responses: {
        200: json('It should.', 'ReadinessAnswer'),
        503: json('Not now; what is missing says so, and since when.', 'ReadinessAnswer'),
      },
    },
  },
  '/metrics': {
    get: {
      tags: ['operations'],
      summary: 'Metrics',
      responses: {
        200: {
          description: 'The text format of Prometheus.',
          content: { 'text/plain': { schema: { type: 'string' } } },
        },
      },
    },
  },
};

/**
 * The calls of ingest, which are plain routes that the framework cannot describe: those that the server has, for it
 * need not run beside the gateway.
 */
export function ingestPaths(
  hasRoute: (route: { readonly method: 'GET' | 'POST'; readonly url: string }) => boolean,
): Paths {
  const served = Object.entries(PATHS).filter(([url, { post }]) =>
    hasRoute({ method: post === undefined ? 'GET' : 'POST', url }),
  );
  return Object.fromEntries(served);
}
