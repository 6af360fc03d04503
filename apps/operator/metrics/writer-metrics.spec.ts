import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { LoadMeter } from './load-meter.ts';
import { readWriters, type Resolve } from './writer-metrics.ts';

interface Told {
  readonly ready: number;
  readonly unsettled: number;
  readonly acknowledged: number;
}

const textOf = ({ ready, unsettled, acknowledged }: Told): string => `# HELP x y
penstock_queue_ready_batches ${ready}
penstock_queue_unsettled_batches ${unsettled}
penstock_queue_acknowledged_batches_total ${acknowledged}
penstock_queue_delivered_batches_total{redelivered="false"} ${acknowledged}
penstock_queue_delivered_batches_total{redelivered="true"} 0
penstock_queue_delivered_bytes_total ${acknowledged * 25_600}
`;

describe('the metrics of the writers', () => {
  let servers: Server[] = [];
  let port = 0;

  /** Writers on addresses of the loopback network, all on one port, as pods have it. */
  const start = async (...all: readonly Told[]): Promise<Resolve> => {
    const addresses = all.map((_, i) => `127.0.0.${i + 1}`);
    for (const [i, told] of all.entries()) {
      const server = createServer((_request, response) => response.end(textOf(told)));
      await new Promise<void>((resolve) => server.listen(port, addresses[i], resolve));
      port = (server.address() as AddressInfo).port;
      servers.push(server);
    }
    return () => Promise.resolve(addresses);
  };
  const stop = async (): Promise<void> => {
    for (const server of servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    servers = [];
  };
  const read = (resolve: Resolve, at = 0) =>
    readWriters({ kind: 'writers', host: 'shop', port }, () => at, resolve);

  afterEach(async () => {
    await stop();
    port = 0;
  });

  it('say how long the queue is at most, and what they hold and acknowledged together', async () => {
    const resolve = await start(
      { ready: 90, unsettled: 5, acknowledged: 100 },
      { ready: 100, unsettled: 7, acknowledged: 300 },
    );
    expect(await read(resolve)).toMatchObject({
      ready: 100,
      unacked: 12,
      bytes: 112 * 25_600,
      acknowledged: new Map([
        ['127.0.0.1', 100],
        ['127.0.0.2', 300],
      ]),
    });
  });

  it('are not known while there is no writer, or one does not answer', async () => {
    expect(await read(() => Promise.resolve([]))).toBeNull();
    await start({ ready: 1, unsettled: 0, acknowledged: 0 });
    await expect(read(() => Promise.resolve(['127.0.0.1', '127.0.0.9']))).rejects.toThrow();
  });

  it('do not count the past of a writer that comes back', async () => {
    const meter = new LoadMeter();
    const one = { ready: 10, unsettled: 0, acknowledged: 500 };
    const alone = await read(await start(one));
    await stop();
    const both = await read(await start({ ...one, acknowledged: 600 }, { ...one }), 5_000);
    if (alone === null || both === null) throw new Error('nothing was read');
    meter.measure(alone, 1);
    // 100 batches of 100 events in 5 s; the 500 of the other are from before.
    expect(meter.measure(both, 2)).toMatchObject({ ackRate: 2_000 });
  });
});
