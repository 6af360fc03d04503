import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';
import { findPrograms } from '../control-plane/programs.mjs';
import type { KubernetesObject } from './kubernetes-object.ts';

export const CHART = fileURLToPath(new URL('../../../deploy/helm/penstock', import.meta.url));

export type HelmVersion = 'helm3' | 'helm4';
export const HELM_VERSIONS: readonly HelmVersion[] = ['helm4', 'helm3'];

const TIMEOUT_MS = 180_000;

export interface HelmResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Helm of one version, which keeps nothing of whoever runs the tests. */
export class Helm {
  private readonly program: string;
  private readonly folder: string;
  private readonly kubeconfig: string | null;
  private readonly cwd: string;

  /** @param options.folder for what Helm caches */
  constructor(options: {
    readonly version: HelmVersion;
    readonly folder: string;
    readonly kubeconfig?: string;
    /** Where it is run. */
    readonly cwd?: string;
  }) {
    const program = findPrograms()?.[options.version];
    if (program === undefined) throw new Error(`${options.version} is not there`);
    this.program = program;
    this.folder = options.folder;
    this.kubeconfig = options.kubeconfig ?? null;
    this.cwd = options.cwd ?? process.cwd();
  }

  /** Its standard output; rejects with its error output when it fails. */
  async run(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.attempt(...args);
    if (code !== 0) throw new Error(`helm ${args.join(' ')}: ${stderr}${stdout}`);
    return stdout;
  }

  /** The resources that a template makes. */
  async template(...args: readonly string[]): Promise<KubernetesObject[]> {
    const text = await this.run('template', 'penstock', CHART, ...args);
    return (loadAll(text) as (KubernetesObject | null)[]).filter((object) => object !== null);
  }

  attempt(...args: readonly string[]): Promise<HelmResult> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.program, args, {
        cwd: this.cwd,
        env: {
          PATH: process.env['PATH'],
          HOME: this.folder,
          HELM_CACHE_HOME: this.folder,
          HELM_CONFIG_HOME: this.folder,
          HELM_DATA_HOME: this.folder,
          ...(this.kubeconfig === null ? {} : { KUBECONFIG: this.kubeconfig }),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: TIMEOUT_MS,
      });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.once('error', reject);
      child.once('close', (code) => {
        resolve({ code: code ?? 1, stdout, stderr });
      });
    });
  }
}
