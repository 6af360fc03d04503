import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../../..');

interface Messages {
  readonly locale: string;
  readonly translations: Readonly<Record<string, string>>;
}

async function messagesIn(file: string): Promise<Messages> {
  return JSON.parse(await readFile(file, 'utf8')) as Messages;
}

it('messages.json has the texts of the page as they are (else: npm run generate:messages)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-messages-'));
  try {
    const ng = join(ROOT, 'node_modules/@angular/cli/bin/ng.js');
    const args = [ng, 'extract-i18n', '--output-path', folder];
    await promisify(execFile)(process.execPath, args, { cwd: ROOT });
    const extracted = await messagesIn(join(folder, 'messages.json'));
    expect(Object.keys(extracted.translations).length).toBeGreaterThan(200);
    expect(await messagesIn(join(import.meta.dirname, 'messages.json'))).toEqual(extracted);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 180_000);
