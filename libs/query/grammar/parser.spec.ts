import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { buildParserFile } from '@lezer/generator';

const read = (name: string) => readFile(new URL(name, import.meta.url), 'utf8');

it('is what the generator makes of the grammar (npm run generate:grammar)', async () => {
  const grammar = await read('./query.grammar');
  const { parser, terms } = buildParserFile(grammar, {
    fileName: 'query.grammar',
    typeScript: true,
  });
  expect(await read('./parser.ts')).toBe(parser);
  expect(await read('./parser.terms.ts')).toBe(terms);
});
