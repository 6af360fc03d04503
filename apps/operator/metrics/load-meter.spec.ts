import { describe, expect, it } from '@jest/globals';
import { LoadMeter } from './load-meter.ts';
import { readQueues, type QueueReading } from './queue-reading.ts';

/** As RabbitMQ 3.10 tells it, with the dead letters and somebody else's queue beside. */
const answer = (ready: number, unacked: number, acked: number): string => `# TYPE x gauge
rabbitmq_detailed_queue_messages_ready{vhost="/",queue="penstock.batches.0"} ${ready}
rabbitmq_detailed_queue_messages_ready{vhost="/",queue="penstock.batches.dead"} 7
rabbitmq_detailed_queue_messages_ready{vhost="/",queue="orders"} 9000
rabbitmq_detailed_queue_messages_unacked{vhost="/",queue="penstock.batches.0"} ${unacked}
rabbitmq_detailed_queue_messages_bytes{vhost="/",queue="penstock.batches.0"} ${(ready + unacked) * 25_600}
rabbitmq_detailed_channel_messages_acked_total{channel="<0.793.0>",vhost="/",queue="penstock.batches.0"} ${acked}
`;

const reading = (at: number, ready: number, unacked: number, acked: number): QueueReading => {
  const read = readQueues(answer(ready, unacked, acked), 'penstock', at);
  if (read === null) throw new Error('nothing was read');
  return read;
};

describe('the load of the writers', () => {
  it('reads the queues of the pipeline alone', () => {
    expect(reading(0, 330, 50, 120)).toMatchObject({ ready: 330, unacked: 50, bytes: 9_728_000 });
  });

  it('is not known where RabbitMQ knows no queue of the pipeline', () => {
    expect(readQueues(answer(1, 1, 1), 'other', 0)).toBeNull();
    expect(readQueues('nonsense', 'penstock', 0)).toBeNull();
  });

  it('is made of two readings: what came in is what went out and what is more there', () => {
    const meter = new LoadMeter();
    expect(meter.measure(reading(0, 100, 0, 1_000), 1)).toBeNull();
    // 200 batches of 100 events each went out in 5 s, and 100 more are there.
    expect(meter.measure(reading(5_000, 150, 50, 1_200), 2)).toEqual({
      ackRate: 4_000,
      publishRate: 6_000,
      backlog: 20_000,
      readyWriters: 2,
    });
  });

  it('counts a channel that began anew from 0, and knows no rate over a gap', () => {
    const meter = new LoadMeter();
    meter.measure(reading(0, 10, 0, 1_000), 1);
    expect(meter.measure(reading(5_000, 10, 0, 50), 1)).toMatchObject({ ackRate: 1_000 });
    expect(meter.measure(reading(500_000, 10, 0, 900), 1)).toBeNull();
  });
});
