import { describe, expect, it } from '@jest/globals';
import { readOptions, USAGE, UsageError } from './options.ts';

describe('options of the benches', () => {
  it('run the usual ones by default', () => {
    expect(readOptions([])).toMatchObject({
      benches: ['batches', 'singles', 'visibility', 'queries'],
      events: [1_000_000, 10_000_000],
      keep: undefined,
      numbers: { port: 3_900, seconds: 60 },
    });
  });

  it('name benches, each once, the pipeline by its parts', () => {
    expect(readOptions(['pipeline', 'columnar', 'pipeline-drain'])?.benches).toEqual([
      'columnar',
      'pipeline-batches',
      'pipeline-singles',
      'pipeline-drain',
    ]);
  });

  it('give numbers', () => {
    const options = readOptions(['queries', '--events', '5,70', '--keep', 'kept', '--port=4000']);
    expect(options).toMatchObject({ events: [5, 70], keep: 'kept', numbers: { port: 4_000 } });
  });

  it('ask for help, which names every number', () => {
    expect(readOptions(['--help'])).toBeNull();
    expect(USAGE).toContain('--fill-rate 100000');
  });

  it.each([
    [['batch'], 'batch'],
    [['--rate', '0'], '--rate 0'],
    [['--seconds', ''], '--seconds'],
    [['--events', '5,x'], '--events x'],
    [['--pace', '7'], '--pace'],
  ])('are refused where they are unknown: %j', (argv, named) => {
    expect(() => readOptions(argv)).toThrow(UsageError);
    expect(() => readOptions(argv)).toThrow(named);
  });
});
