import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the queues of a prefix are to look like. */
export interface FakeQueue {
  readonly prefix: string;
  /** Batches that wait. */
  readonly ready: number;
}

export interface MetricsUser {
  readonly username: string;
  readonly password: string;
}

/** The Prometheus endpoint of a RabbitMQ that is not there, for one user alone. */
export class BrokerMetrics {
  readonly url: string;
  private readonly server: Server;

  private constructor(server: Server) {
    this.server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(queue: FakeQueue, user: MetricsUser): Promise<BrokerMetrics> {
    const credentials = Buffer.from(`${user.username}:${user.password}`).toString('base64');
    const server = createServer(({ headers }, response) => {
      const isKnown = headers.authorization === `Basic ${credentials}`;
      response.writeHead(isKnown ? 200 : 401).end(isKnown ? textOf(queue) : '');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new BrokerMetrics(server);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function textOf({ prefix, ready }: FakeQueue): string {
  const labels = `{vhost="/",queue="${prefix}.batches.0"}`;
  return [
    `rabbitmq_detailed_queue_messages_ready${labels} ${ready}`,
    `rabbitmq_detailed_queue_messages_unacked${labels} 0`,
    `rabbitmq_detailed_queue_messages_bytes${labels} ${ready * 262_144}`,
    '',
  ].join('\n');
}
