import { execFile } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestCluster } from './test-cluster.ts';

const TIMEOUT_MS = 180_000;

/** kubectl of an administrator, in a shell, with a namespace that commands need not name. */
export class Kubectl {
  private readonly environment: Readonly<Record<string, string>>;
  private readonly cwd: string;

  private constructor(environment: Readonly<Record<string, string>>, cwd: string) {
    this.environment = environment;
    this.cwd = cwd;
  }

  /** @param cwd where commands are run */
  static async in(cluster: TestCluster, namespace: string, cwd: string): Promise<Kubectl> {
    // Its caches lie in HOME.
    const home = join(cluster.access.folder, `kubectl-${namespace}`);
    await mkdir(home, { recursive: true });
    const config = join(home, 'config');
    await cp(cluster.access.kubeconfig, config);
    const path = process.env['PATH'] ?? '';
    const kubectl = new Kubectl({ PATH: path, HOME: home, KUBECONFIG: config }, cwd);
    await kubectl.run(`kubectl config set-context --current --namespace=${namespace}`);
    return kubectl;
  }

  /** What a line prints; rejects with its error output when it fails. */
  run(line: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { cwd: this.cwd, env: this.environment, timeout: TIMEOUT_MS };
      execFile('bash', ['-eo', 'pipefail', '-c', line], options, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`${line}: ${stderr}${stdout}`));
      });
    });
  }
}
