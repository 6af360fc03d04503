import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

export interface LossyProxy {
  /** The same database through the proxy. */
  readonly url: string;
  /** From now on, the first answer that contains this text is lost, together with all connections. */
  loseAnswer(containing: string): void;
  close(): Promise<void>;
  /** Listens again after `close`, where it did before. */
  reopen(): Promise<void>;
}

/** Stands between a client and Postgres, to cut connections at a chosen moment. */
export async function startLossyProxy(target: string): Promise<LossyProxy> {
  const url = new URL(target);
  const sockets = new Set<Socket>();
  let lost: string | null = null;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    const upstream = connect(Number(url.port), url.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', cut).on('close', () => sockets.delete(socket));
    }
    client.pipe(upstream);
    upstream.on('data', (data) => {
      if (lost !== null && data.includes(lost)) {
        lost = null;
        cut();
      } else client.write(data);
    });
    upstream.on('end', () => client.end());
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const proxied = new URL(target);
  proxied.port = String(port);
  return {
    url: proxied.href,
    loseAnswer: (containing) => {
      lost = containing;
    },
    close: () => {
      cut();
      return new Promise((resolve) =>
        server.close(() => {
          resolve();
        }),
      );
    },
    reopen: () => listen(port),
  };
}
