import { describe, expect, it } from '@jest/globals';
import { helpText, parseCommandLine } from './command-line.ts';

describe('parseCommandLine', () => {
  it('reads values after a space and after =', () => {
    expect(parseCommandLine(['--port', '4000', '--data-dir=/tmp/x=y'])).toEqual({
      kind: 'run',
      values: { HTTP_PORT: '4000', DATA_DIR: '/tmp/x=y' },
    });
  });

  it('asks for help', () => {
    expect(parseCommandLine(['--port', '1', '--help'])).toEqual({ kind: 'help' });
    expect(helpText()).toContain('--data-dir');
  });

  it.each([
    [
      ['--prot', '1'],
      'Unknown argument "--prot": known are --port, --host, --data-dir and --help.',
    ],
    [['4000'], 'Unknown argument "4000": known are --port, --host, --data-dir and --help.'],
    [['--port'], '--port needs a value, for example --port 3000.'],
    [['--data-dir='], '--data-dir needs a value, for example --data-dir ./data.'],
  ])('refuses %j with one sentence', (args, sentence) => {
    expect(() => parseCommandLine(args)).toThrow(sentence);
  });
});
