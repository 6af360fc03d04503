import { describe, expect, it } from '@jest/globals';

import { storedEvent } from '../testing/event-builder.ts';
import { CSV_HEADER, csvRecord } from './csv.ts';

describe('csvRecord', () => {
  it('names its columns', () => {
    expect(CSV_HEADER).toBe(
      'id,timestamp,level,levelText,message,resourceId,traceId,spanId,commit,service,eventType,metadata\r\n',
    );
  });

  it('writes an event as a record', () => {
    const event = storedEvent({ service: 'api', metadata: { a: 'x"y' } });
    expect(csvRecord(event)).toBe(
      '1-0,2023-09-15T08:00:00.000000Z,info,,Started,,,,,api,,"{""a"":""x\\""y""}"\r\n',
    );
  });

  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['two\rlines', '"two\rlines"'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\tx"],
    ['\rx', '"\'\rx"'],
    ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
    ['＝1', "'＝1"],
    ['', ''],
  ])('writes the message %j as %j', (message, cell) => {
    expect(csvRecord(storedEvent({ message }))).toBe(
      `1-0,2023-09-15T08:00:00.000000Z,info,,${cell},,,,,,,{}\r\n`,
    );
  });
});
