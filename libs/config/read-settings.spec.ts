import { describe, expect, it } from '@jest/globals';
import { optional, setting } from './definition.ts';
import { readSettings, SettingsError } from './read-settings.ts';
import { bytes, port, url } from './setting-type.ts';
import { SETTINGS } from './settings.ts';
import { settingsOf } from './settings-of.ts';

const DEFINITIONS = {
  port: setting({
    name: 'PORT',
    usedBy: ['ingest'],
    type: port,
    default: 3000,
    description: '',
    flag: '--port',
  }),
  memory: setting({
    name: 'MEMORY',
    usedBy: ['ingest'],
    type: bytes,
    default: 1024,
    description: '',
  }),
  database: optional({
    name: 'DATABASE_URL',
    usedBy: ['ingest'],
    type: url('postgres'),
    description: '',
    secret: true,
  }),
};

const problemsOf = (environment: Record<string, string>, flags = {}): readonly string[] => {
  try {
    readSettings(DEFINITIONS, { environment, flags, readFile: () => 'postgres://from-file/\n' });
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
};

describe('readSettings', () => {
  it('takes defaults for what is not given or empty', () => {
    expect(readSettings(DEFINITIONS, { environment: { PORT: ' ', MEMORY: '' } })).toEqual({
      port: 3000,
      memory: 1024,
      database: null,
    });
  });

  it('prefers a flag to the environment', () => {
    const source = { environment: { PORT: '1' }, flags: { PORT: '2' } };
    expect(readSettings(DEFINITIONS, source).port).toBe(2);
  });

  it('lists everything that is wrong at once', () => {
    expect(problemsOf({ PORT: '70000', MEMORY: '5 parsecs' })).toEqual([
      'PORT: "70000" is not a port (0 to 65535)',
      'MEMORY: "5 parsecs" is not a size like 256MiB (units B, KiB, MiB, GiB)',
    ]);
  });

  it('names the flag where the flag is wrong', () => {
    expect(problemsOf({}, { PORT: 'x' })).toEqual(['--port: "x" is not a port (0 to 65535)']);
  });

  it('reads a secret from the file that NAME_FILE names', () => {
    const source = {
      environment: { DATABASE_URL_FILE: '/run/secrets/database' },
      readFile: () => 'postgres://from-file/\n',
    };
    expect(readSettings(DEFINITIONS, source).database).toBe('postgres://from-file/');
  });

  it('does not print a secret', () => {
    expect(problemsOf({ DATABASE_URL: 'mysql://u:hunter2@h/' })).toEqual([
      'DATABASE_URL: its value is not a URL that begins with postgres://',
    ]);
  });

  it('refuses a secret that is given twice, and a file that cannot be read', () => {
    expect(problemsOf({ DATABASE_URL: 'postgres://a/', DATABASE_URL_FILE: '/x' })).toEqual([
      'DATABASE_URL: DATABASE_URL_FILE is set too; give only one',
    ]);
    const source = { environment: { DATABASE_URL_FILE: '/nonexistent/secret' } };
    expect(() => readSettings(DEFINITIONS, source)).toThrow(
      'the file /nonexistent/secret of DATABASE_URL_FILE cannot be read',
    );
  });

  it('gives every setting of the program a name of its own', () => {
    const names = Object.values(SETTINGS).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the settings of a process', () => {
  it('are only those that it reads', () => {
    const source = { environment: { DATABASE_URL: 'postgres://db/', OPERATIONS_PORT: 'wrong' } };
    expect(readSettings(settingsOf('gateway'), source)).toMatchObject({ gatewayPort: 3001 });
  });

  it('say at once all that is missing and all that is wrong', () => {
    const read = () => readSettings(settingsOf('writer'), { environment: { LOG_LEVEL: 'loud' } });
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(/DATABASE_URL: it must be set \(URL/);
    expect(read).toThrow(/RABBITMQ_URL: it must be set/);
    expect(read).toThrow(/LOG_LEVEL: "loud"/);
  });

  it('may lack what the process can do without', () => {
    const source = { environment: { RABBITMQ_URL: 'amqp://broker' } };
    expect(readSettings(settingsOf('ingest'), source).databaseUrl).toBeNull();
  });
});
