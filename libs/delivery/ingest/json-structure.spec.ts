import { describe, expect, it } from '@jest/globals';
import { checkJsonStructure } from './json-structure.ts';

const check = (text: string): string => checkJsonStructure(Buffer.from(text)).kind;
const text = (length: number): string => `"${'{,['.repeat(length / 3)}"`;

describe('checkJsonStructure', () => {
  it.each([
    ['a small body', '[[[[[[', 'readable'],
    [
      '10,000 events',
      `[${Array(10_000)
        .fill(`{"message":${text(60)}}`)
        .join()}]`,
      'readable',
    ],
    [
      '10,001 events',
      `[${Array(10_001)
        .fill(`{"message":${text(60)}}`)
        .join()}]`,
      'too-many-events',
    ],
    ['many empty objects', `\uFEFF \n[${'{},'.repeat(200_000)}{}]`, 'too-many-events'],
    ['an array within an event', `{"message":"x","a":[${'1,'.repeat(200_000)}1]}`, 'readable'],
    ['too many objects in an event', `{"a":[${'{},'.repeat(1_000_000)}{}]}`, 'too-many-values'],
    ['too many numbers in an event', `{"a":[${'1,'.repeat(5_000_000)}1]}`, 'too-many-values'],
    ['nesting without end', '['.repeat(1_000_001), 'too-many-values'],
    ['many lines', '{"message":"x","a":1,"b":2}\n'.repeat(20_000), 'readable'],
    ['a message full of brackets', `{"message":${text(3_000_000)}}`, 'readable'],
    ['escaped quotes', `{"message":"${'\\"{,\\\\'.repeat(400_000)}"}`, 'readable'],
    ['a string without its end', `{"message":"${'{,['.repeat(1_000_000)}`, 'readable'],
  ])('%s', (_name, body, expected) => {
    expect(check(body)).toBe(expected);
  });
});
