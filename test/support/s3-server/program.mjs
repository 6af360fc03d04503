import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  buildGoPrograms,
  builtPath,
  cacheFolderOf,
  isBuilt,
  isExecutable,
} from '../go-programs.mjs';

const NAME = 'versitygw';

/** The server that tests store objects on: real S3 in front of a folder, with signatures, checksums and multipart. */
const PROGRAM = {
  name: NAME,
  moduleFolder: join(dirname(fileURLToPath(import.meta.url)), 'module'),
  cacheFolder: cacheFolderOf('s3-server'),
  package: 'github.com/versity/versitygw/cmd/versitygw',
  linkerFlags: '-s -w',
};

/** Where the server is: S3_TEST_SERVER, on PATH, or built here; null where it is nowhere. */
export function findS3Server() {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const places = [process.env['S3_TEST_SERVER'] ?? '', ...folders.map((each) => join(each, NAME))];
  const installed = places.find((path) => path !== '' && isExecutable(path));
  return installed ?? (isBuilt(PROGRAM) ? builtPath(PROGRAM) : null);
}

/**
 * Builds the server where there is none: about two minutes of CPU the first time, nothing afterwards.
 *
 * @param say gets lines of progress
 * @returns null, or why it could not be built
 */
export function buildS3Server(say) {
  return buildGoPrograms({ missing: () => (findS3Server() === null ? [PROGRAM] : []), say });
}
