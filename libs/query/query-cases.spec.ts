import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { parseQuery } from './parse-query.ts';
import { toPredicate } from './predicate/to-predicate.ts';
import { toSql } from './sql/to-sql.ts';
import { CASES_NOW, QUERY_CASES } from './testing/cases.ts';
import { DUCKDB, DUCKDB_ASCII } from './sql/dialect.ts';
import { DuckdbEventTable } from './testing/duckdb-event-table.ts';
import { createEventTable, fillEventTable, selectIndexes } from './testing/event-table.ts';
import { matchingIndexes } from './testing/matching-indexes.ts';

describe('the meaning of a query', () => {
  it.each(QUERY_CASES)(
    '$query matches $expected by the predicate',
    ({ query, events, expected }) => {
      expect(matchingIndexes(parseQuery(query, CASES_NOW), events)).toEqual(expected);
    },
  );

  describe('in Postgres', () => {
    let database: TestDatabase;
    let client: pg.Client;
    let filled: unknown = null;

    beforeAll(async () => {
      database = await createTestDatabase();
      client = new pg.Client({ connectionString: database.url });
      await client.connect();
      await createEventTable(client);
    });

    afterAll(async () => {
      await client.end();
      await database.drop();
    });

    it.each(QUERY_CASES)('$query selects $expected', async ({ query, events, expected }) => {
      if (filled !== events) await fillEventTable(client, events);
      filled = events;
      const parsed = parseQuery(query, CASES_NOW);
      const { indexes, exact } = await selectIndexes(client, (bind) => toSql(parsed, bind));
      const holds = toPredicate(parsed);
      const checked = indexes.filter((index) => holds(events[index]!));
      expect(exact ? indexes : checked).toEqual(expected);
    });
  });

  describe('in DuckDB', () => {
    let table: DuckdbEventTable;
    let filled: unknown = null;

    beforeAll(async () => {
      table = await DuckdbEventTable.create();
    });

    afterAll(() => {
      table.close();
    });

    it.each(QUERY_CASES)('$query selects $expected', async ({ query, events, expected }) => {
      if (filled !== events) await table.fill(events);
      filled = events;
      const parsed = parseQuery(query, CASES_NOW);
      const holds = toPredicate(parsed);
      // eslint-disable-next-line no-control-regex -- all of ASCII
      const ascii = events.every(({ message }) => /^[\x00-\x7f]*$/.test(message));
      for (const dialect of ascii ? [DUCKDB, DUCKDB_ASCII] : [DUCKDB]) {
        const { indexes, exact } = await table.selectIndexes((bind) =>
          toSql(parsed, bind, dialect),
        );
        const checked = indexes.filter((index) => holds(events[index]!));
        expect(exact ? indexes : checked).toEqual(expected);
      }
    });
  });
});
