import { describe, expect, it } from '@jest/globals';

import { storedEvent } from '../testing/event-builder.ts';
import { csvRecord } from '../export/csv.ts';
import { compactJson } from './compact-json.ts';
import { hitJson } from './hit-json.ts';

describe('compactJson', () => {
  it.each([
    ['{}', '{}'],
    ['{"a": 1, "b": [1, 2, {"c": null}]}', '{"a":1,"b":[1,2,{"c":null}]}'],
    ['{"a, b: c": "x: y, z"}', '{"a, b: c":"x: y, z"}'],
    ['{"quote": "\\", \\": ", "path": "C:\\\\ "}', '{"quote":"\\", \\": ","path":"C:\\\\ "}'],
    ['{"n": 12345678901234567890.5}', '{"n":12345678901234567890.5}'],
  ])('makes of %s %s', (text, compact) => {
    expect(compactJson(text)).toBe(compact);
    expect(JSON.parse(compact)).toEqual(JSON.parse(text));
  });

  it('is what hits and CSV show', () => {
    const event = { ...storedEvent(), metadataText: '{"a": 1, "b": "x y"}' };
    expect(hitJson(event)).toContain('"metadata":{"a":1,"b":"x y"}}');
    expect(csvRecord(event)).toContain('"{""a"":1,""b"":""x y""}"');
  });
});
