import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { KubernetesObject } from './kubernetes-object.ts';

/** Where the guide's commands are run. */
export const ROOT = join(import.meta.dirname, '../../..');
const TEXT = await readFile(join(ROOT, 'docs/kubernetes.md'), 'utf8');

const blocksOf = (language: string): readonly string[] =>
  [...TEXT.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, text = '']) => text,
  );
const COMMANDS = blocksOf('sh').flatMap((text) => text.trim().split('\n'));

/** docs/kubernetes.md, as far as a machine can read it. */
export const GUIDE = {
  text: TEXT,
  objects: blocksOf('yaml').flatMap((text) => loadAll(text) as KubernetesObject[]),
  helmCommands: COMMANDS.filter((line) => line.startsWith('helm ')),
  kubectlCommands: COMMANDS.filter((line) => /(^|\$\()kubectl /.test(line)),
};
