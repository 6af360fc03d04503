import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the queues of a prefix look like. */
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
  /** Batches that wait. */
  ready: number;
  private readonly server: Server;

  private constructor({ prefix, ready }: FakeQueue, { username, password }: MetricsUser) {
    this.ready = ready;
    const credentials = Buffer.from(`${username}:${password}`).toString('base64');
    this.server = createServer(({ headers }, response) => {
      const isKnown = headers.authorization === `Basic ${credentials}`;
      response.writeHead(isKnown ? 200 : 401);
      response.end(isKnown ? textOf({ prefix, ready: this.ready }) : '');
    });
  }

  static async start(queue: FakeQueue, user: MetricsUser): Promise<BrokerMetrics> {
    const metrics = new BrokerMetrics(queue, user);
    await new Promise<void>((resolve) => metrics.server.listen(0, '127.0.0.1', resolve));
    return metrics;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
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
