import type { RequestOptions } from 'node:https';
import type { ApiServer } from './api-server.ts';

/**
 * The API server of the current context of a kubeconfig (KUBECONFIG, else ~/.kube/config): for an operator that is no
 * pod, as in development. Null where there is none.
 */
export async function kubeconfigServer(): Promise<ApiServer | null> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromDefault();
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) return null;
  return {
    url: new URL(server),
    credentials: async () => {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      const { headers, ca, cert, key, rejectUnauthorized, servername } = options;
      return {
        tls: { ca, cert, key, rejectUnauthorized, servername },
        headers: headers as Readonly<Record<string, string>>,
      };
    },
  };
}
