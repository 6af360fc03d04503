import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { has, output } from './command.mjs';

const HERE = join(import.meta.dirname, 'stand-ins');
const ROOT = join(import.meta.dirname, '../..');
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** Stand-ins, by the variable of docker-compose.yml that names the image. */
const IMAGES = {
  NODE_IMAGE: 'node',
  POSTGRES_IMAGE: 'postgres',
  RABBITMQ_IMAGE: 'rabbitmq',
  MEILISEARCH_IMAGE: 'meilisearch',
};

/**
 * Makes images of Debian packages in place of the official ones, for a machine that can pull none. Returns the
 * variables that name them; without a `meilisearch` on PATH there is none for it.
 */
export async function buildStandIns(folder, env) {
  await buildDebian(folder, env);
  const variables = {};
  for (const [variable, name] of Object.entries(IMAGES)) {
    const context = join(folder, 'context', name);
    rmSync(context, { recursive: true, force: true });
    mkdirSync(context, { recursive: true });
    if (!(await FILL[name](context))) continue;
    const tag = `penstock.test/${name}`;
    const file = join(HERE, `${name}.Dockerfile`);
    await output('docker', ['build', '--network=host', '--tag', tag, '--file', file, context], {
      env,
    });
    variables[variable] = tag;
  }
  return variables;
}

async function buildDebian(folder, env) {
  const tag = 'penstock.test/debian';
  if (await isImage(tag, env)) return;
  const root = join(folder, 'debian');
  rmSync(root, { recursive: true, force: true });
  await output('debootstrap', ['--variant=minbase', '--include=ca-certificates', 'trixie', root]);
  const pipe = 'tar -C "$0" -c . | docker import - "$1"';
  await output('sh', ['-c', pipe, root, tag], { env });
  rmSync(root, { recursive: true, force: true });
}

async function isImage(tag, env) {
  return (await output('docker', ['images', '--quiet', tag], { env })) !== '';
}

/** Puts into a context what its Dockerfile copies; false where that is not on this machine. */
const FILL = {
  async node(context) {
    copyFileSync(join(ROOT, 'node_modules/node/bin/node'), join(context, 'node'));
    const npm = join(await output('npm', ['root', '--global']), 'npm');
    cpSync(npm, join(context, 'npm'), { recursive: true, dereference: true });
    copyFileSync(CERTIFICATES, join(context, 'ca-certificates.crt'));
    return true;
  },
  postgres(context) {
    copyFileSync(join(HERE, 'postgres-entrypoint.sh'), join(context, 'postgres-entrypoint.sh'));
    return true;
  },
  rabbitmq: () => true,
  async meilisearch(context) {
    const given = process.env.MEILISEARCH_BINARY;
    const binary = given ?? ((await has('meilisearch')) ? await onPath('meilisearch') : null);
    if (binary === null || !existsSync(binary)) return false;
    mkdirSync(dirname(join(context, 'meilisearch')), { recursive: true });
    copyFileSync(binary, join(context, 'meilisearch'));
    return true;
  },
};

function onPath(program) {
  return output('sh', ['-c', 'command -v "$0"', program]);
}
