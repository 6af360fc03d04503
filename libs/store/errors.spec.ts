import { describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { asStoreError, isTransient, StoreUnavailableError } from './errors.ts';

function serverError(code: string): Error {
  const error = new pg.DatabaseError('refused', 7, 'error');
  error.code = code;
  return error;
}

describe('store errors', () => {
  test.each(['08006', '40001', '40P01', '53100', '53300', '55P03', '57014', '57P01', '57P03'])(
    'SQLSTATE %s is transient',
    (code) => {
      expect(isTransient(serverError(code))).toBe(true);
      expect(asStoreError(serverError(code))).toMatchObject({ code, permanent: false });
    },
  );

  test.each(['22021', '23505', '42703', '42501', 'P0001', 'XX000'])(
    'SQLSTATE %s is not',
    (code) => {
      expect(isTransient(serverError(code))).toBe(false);
      const error = serverError(code);
      expect(asStoreError(error)).toBe(error);
    },
  );

  test.each(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNREFUSED', 'ENOTFOUND'])(
    'the network error %s is transient',
    (code) => {
      const error = asStoreError(Object.assign(new Error('network'), { code }));
      expect(error).toBeInstanceOf(StoreUnavailableError);
      expect(error).toMatchObject({ code });
    },
  );

  test.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
    'Cannot use a pool after calling end on the pool',
  ])('the driver says: %s', (message) => {
    expect(isTransient(new Error(message))).toBe(true);
  });

  test('an error of the program is not', () => {
    expect(isTransient(new TypeError('x is not a function'))).toBe(false);
    expect(isTransient(undefined)).toBe(false);
  });
});
