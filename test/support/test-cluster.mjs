import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControlPlane } from '../cluster/control-plane/control-plane.mjs';
import { findPrograms } from '../cluster/control-plane/programs.mjs';

/**
 * One Kubernetes control plane for all suites of a test run, started by the first that asks at PENSTOCK_TEST_CLUSTER,
 * which answers with how to reach it. `POST /stop/<program>`, `/start/<program>` and `/compact` are for suites that
 * show what the operator does then. `close` stops it.
 */
export async function offerTestCluster() {
  if (findPrograms() === null) return null;
  let started = null;
  const start = async () => {
    const folder =
      process.env['PENSTOCK_TEST_FOLDER'] ?? (await mkdtemp(join(tmpdir(), 'penstock-test-')));
    return await ControlPlane.start({ folder: join(folder, 'cluster') });
  };
  const serve = async (path) => {
    started ??= start();
    const controlPlane = await started;
    const [action, program] = path.split('/').slice(1);
    if (action === 'stop') await controlPlane.stopProgram(program);
    if (action === 'start') await controlPlane.startProgram(program);
    if (action === 'compact') await controlPlane.compact();
    return JSON.stringify(controlPlane.access);
  };
  const desk = createServer((request, response) => {
    serve(request.url ?? '/').then(
      (text) => response.end(text),
      (error) => response.writeHead(500).end(String(error?.message)),
    );
  });
  await new Promise((resolve) => desk.listen(0, '127.0.0.1', resolve));
  desk.unref();
  process.env['PENSTOCK_TEST_CLUSTER'] = `http://127.0.0.1:${desk.address().port}`;
  return {
    async close() {
      desk.close();
      const controlPlane = await started?.catch(() => null);
      await controlPlane?.remove();
    },
  };
}
