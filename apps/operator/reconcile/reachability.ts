import { connect } from 'node:net';
import type { KubeObject } from '../runtime/kube-object.ts';
import { aspect, type Aspect, type ConditionType } from './conditions.ts';
import type { Reach } from './backend-lookup.ts';
import { countsOf } from './observe-workloads.ts';
import { isMissing, type Missing } from './secret-values.ts';

const DIAL_TIMEOUT_MS = 3_000;

/** Null when something answers at the address, else why not. */
export type Dial = (host: string, port: number) => Promise<string | null>;

export const dialTcp: Dial = (host, port) =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: DIAL_TIMEOUT_MS });
    const end = (outcome: string | null): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.once('connect', () => {
      end(null);
    });
    socket.once('timeout', () => {
      end(`nothing answers within ${DIAL_TIMEOUT_MS / 1_000} s`);
    });
    socket.once('error', (error) => {
      end(error.message);
    });
  });

/** Whether a backend can be reached. Only what Secrets name from outside is dialled. */
export async function reachability(
  type: ConditionType,
  name: string,
  reach: Reach | Missing,
  bundledSet: KubeObject | undefined,
  dial: Dial,
): Promise<Aspect> {
  if (isMissing(reach)) return aspect(type, false, reach.reason, reach.message);
  switch (reach.kind) {
    case 'bundled': {
      if (countsOf(bundledSet).ready > 0)
        return aspect(type, true, 'Bundled', `the bundled ${name} is ready`);
      const words = `the bundled ${name} is not ready`;
      return aspect(type, false, 'Starting', words + whereToLook(bundledSet));
    }
    case 'told':
      return aspect(type, reach.ready, reach.ready ? 'Available' : 'Unavailable', reach.message);
    case 'dial': {
      const problem = await dial(reach.host, reach.port);
      const where = `${name} at ${reach.host}:${reach.port}`;
      return problem === null
        ? aspect(type, true, 'Reachable', `${where} answers`)
        : aspect(type, false, 'Unreachable', `${where}: ${problem}`);
    }
  }
}

/** Why a pod is not made, or waits for a volume or an image, is told by its events alone. */
function whereToLook(set: KubeObject | undefined): string {
  if (set === undefined) return '';
  const { name } = set.metadata;
  return `: kubectl describe statefulset/${name} pod/${name}-0`;
}
