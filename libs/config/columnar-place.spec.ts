import { describe, expect, it } from '@jest/globals';
import { columnarPlace } from './columnar-place.ts';
import { readSettings } from './read-settings.ts';
import { settingsOf } from './settings-of.ts';

const DATABASE_URL = 'postgres://localhost/x';

function placeOf(environment: Readonly<Record<string, string>>) {
  const source = { environment: { DATABASE_URL, ...environment } };
  return columnarPlace(readSettings(settingsOf('keeper'), source));
}

describe('columnarPlace', () => {
  it('is nowhere, a folder, or a bucket', () => {
    expect(placeOf({})).toBeNull();
    expect(placeOf({ COLUMNAR_FOLDER: '/files' })).toEqual({ kind: 'folder', folder: '/files' });
    expect(
      placeOf({
        S3_BUCKET: 'logs',
        S3_ENDPOINT: 'http://minio:9000',
        S3_ACCESS_KEY_ID: 'a',
        S3_SECRET_ACCESS_KEY: 's',
        S3_ENCRYPTION: 'aws:kms',
        S3_KMS_KEY_ID: 'key',
        COLUMNAR_CACHE_FOLDER: '/cache',
      }),
    ).toEqual({
      kind: 's3',
      bucket: 'logs',
      prefix: 'penstock/',
      endpoint: 'http://minio:9000',
      region: 'us-east-1',
      pathStyle: true,
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
      encryption: 'aws:kms',
      kmsKeyId: 'key',
      checksum: 'crc32',
      cacheFolder: '/cache',
    });
    const times = { COLUMNAR_AFTER: '2d', COLUMNAR_RETENTION: '49h' };
    expect(placeOf({ COLUMNAR_FOLDER: '/files', ...times })).toMatchObject({ kind: 'folder' });
    expect(placeOf({ S3_BUCKET: 'logs', COLUMNAR_CACHE_FOLDER: '/c' })).toMatchObject({
      endpoint: null,
      pathStyle: false,
      credentials: null,
    });
  });

  it.each([
    [{ COLUMNAR_FOLDER: '/files', S3_BUCKET: 'logs', COLUMNAR_CACHE_FOLDER: '/c' }, ['one place']],
    [
      { S3_BUCKET: 'Logs', S3_PREFIX: '/x', S3_ACCESS_KEY_ID: 'a', S3_KMS_KEY_ID: 'k' },
      ['S3_BUCKET: "Logs"', 'S3_PREFIX', 'COLUMNAR_CACHE_FOLDER', 'give both', 'S3_KMS_KEY_ID'],
    ],
    [{ S3_ENDPOINT: 'http://minio:9000' }, ['S3_BUCKET: it must be set']],
    [{ COLUMNAR_RETENTION: '30d' }, ['COLUMNAR_RETENTION: it is about columnar files']],
    [
      { S3_BUCKET: 'logs', COLUMNAR_AFTER: '2d', COLUMNAR_RETENTION: '48h' },
      ['COLUMNAR_CACHE_FOLDER', 'COLUMNAR_RETENTION, COLUMNAR_AFTER: files stay for 2d', 'the 2d'],
    ],
  ])('names all that does not go together: %j', (environment, parts) => {
    for (const part of parts) expect(() => placeOf(environment)).toThrow(part);
  });
});
