import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { ApiServer } from './api-server.ts';

export interface InClusterOptions {
  readonly host: string;
  readonly port: number;
  /** Holds the token and the certificate, as Kubernetes mounts them into pods. */
  readonly folder: string;
}

/**
 * The API server of the cluster that this process is a pod of, asked as its ServiceAccount
 * (https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/). The client library could do it too, but
 * loading its models of all kinds takes as much memory as the rest of the operator.
 */
export function inClusterServer({ host, port, folder }: InClusterOptions): ApiServer {
  return {
    url: new URL(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`),
    credentials: async () => {
      const [token, ca] = await Promise.all(
        ['token', 'ca.crt'].map((name) => readFile(join(folder, name), 'utf8')),
      );
      return { tls: { ca }, headers: { authorization: `Bearer ${(token ?? '').trim()}` } };
    },
  };
}
