import { describe, expect, it } from '@jest/globals';
import { completionPlace } from './completion.ts';

describe('completionPlace', () => {
  it.each([
    ['lev', { kind: 'field', from: 0, typed: 'lev' }],
    ['level:error AND ser', { kind: 'field', from: 16, typed: 'ser' }],
    ['-ser', { kind: 'field', from: 1, typed: 'ser' }],
    ['(ser', { kind: 'field', from: 1, typed: 'ser' }],
    ['', { kind: 'field', from: 0, typed: '' }],
    ['level:', { kind: 'value', field: 'level', from: 6, typed: '' }],
    ['a -service:ap', { kind: 'value', field: 'service', from: 11, typed: 'ap' }],
    [
      'metadata.http.status:5',
      { kind: 'value', field: 'metadata.http.status', from: 21, typed: '5' },
    ],
    ['service:(api OR we', { kind: 'value', field: 'service', from: 16, typed: 'we' }],
    ['"failed to', null],
    ['level:>=w', { kind: 'value', field: 'level', from: 8, typed: 'w' }],
    ['latency:>', { kind: 'value', field: 'latency', from: 9, typed: '' }],
  ])('%j', (text, place) => {
    expect(completionPlace(text)).toEqual(place);
  });
});
