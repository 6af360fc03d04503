import { describeJsonError } from '#intake';

import type { ParameterSource } from '../parameters/read-parameters.ts';
import { Problem } from './problem.ts';

/** Bytes; a filter's value may be as long as a message. */
export const LARGEST_BODY = 2 * 1024 * 1024;

/**
 * The JSON value of a request body, whether the server that the gateway runs in parsed it already or hands over
 * its bytes. Throws a 400 `Problem` for malformed JSON.
 */
export function jsonBody(body: unknown): unknown {
  const text = bodyText(body);
  if (text === null) return body;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const where = describeJsonError(text);
    throw new Problem(400, 'malformed-json', `The body is malformed JSON: ${where}.`);
  }
}

/** The body of a reading call: a JSON object whose members are the parameters; no body is no parameters. */
export function bodyParameters(body: unknown): ParameterSource {
  if (body === undefined || body === null) return {};
  const value = bodyText(body)?.trim() === '' ? {} : jsonBody(body);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as ParameterSource;
  }
  throw new Problem(
    400,
    'malformed-json',
    'The body must be a JSON object whose members are the parameters of the call.',
  );
}

function bodyText(body: unknown): string | null {
  if (typeof body === 'string') return body;
  return Buffer.isBuffer(body) ? body.toString('utf8') : null;
}
