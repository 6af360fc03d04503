import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly key: string;
  readonly type: string;
  readonly lines: readonly string[];
  readonly atMs: number;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What the server answers to a request; `null` closes the connection without an answer. */
export type Behaviour = (request: Received, index: number) => Reply | null | Promise<Reply>;

export const accept: Behaviour = ({ lines }) => ({
  status: 202,
  body: { accepted: lines.length, rejected: [], batchId: '0' },
});

/** A real HTTP server that stands in for ingest. */
export class IngestServer {
  readonly received: Received[] = [];
  readonly url: string;
  /** Most requests that were open at once. */
  mostOpen = 0;
  private readonly server: Server;

  private constructor(server: Server, url: string) {
    this.server = server;
    this.url = url;
  }

  static async start(behaviour: Behaviour): Promise<IngestServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const ingest = new IngestServer(server, `http://127.0.0.1:${port}`);
    let open = 0;
    server.on('request', (request, response) => {
      open += 1;
      ingest.mostOpen = Math.max(ingest.mostOpen, open);
      response.once('close', () => (open -= 1));
      void (async () => {
        const received = await read(request);
        ingest.received.push(received);
        const reply = await behaviour(received, ingest.received.length - 1);
        if (reply === null) request.socket.destroy();
        else response.writeHead(reply.status, reply.headers).end(JSON.stringify(reply.body ?? {}));
      })();
    });
    return ingest;
  }

  /** The events of all requests, each key once. */
  events(): string[] {
    const byKey = new Map(this.received.map(({ key, lines }) => [key, lines]));
    return [...byKey.values()].flat();
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) =>
      this.server.close(() => {
        resolve();
      }),
    );
  }
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return {
    path: request.url ?? '',
    key: String(request.headers['idempotency-key']),
    type: String(request.headers['content-type']),
    lines: Buffer.concat(chunks).toString('utf8').trimEnd().split('\n'),
    atMs: performance.now(),
  };
}
