import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { connect } from 'amqplib';
import { Telemetry } from '#telemetry';
import { sharedBroker } from '../../../test/support/rabbitmq.ts';
import { rabbitmq, suite } from '../../../test/support/requirement.ts';
import { RabbitQueues } from '../testing/rabbit-queues.ts';
import { RABBIT_QUEUE_DEFAULTS } from './settings.ts';
import { declareTopology } from './topology.ts';

suite('the queues of RabbitMQ', rabbitmq, () => {
  let url: string;
  let queues: RabbitQueues;

  beforeAll(async () => {
    url = await sharedBroker();
    queues = new RabbitQueues(url);
  }, 120_000);
  afterAll(() => queues.close());

  it('are asked about at once, so that an answer that is late is waited for once', async () => {
    const shards = 3;
    const prefix = queues.newPrefix();
    await queues.open({ prefix, shards });
    const model = await connect(url);
    let asked = 0;
    const createChannel = model.createChannel.bind(model);
    model.createChannel = () => {
      asked++;
      return createChannel();
    };
    const settings = { ...RABBIT_QUEUE_DEFAULTS, url, prefix, shards };
    const declared = declareTopology(model, settings, new Telemetry(() => undefined));
    // Before any answer: each shard, and the dead letters.
    expect(asked).toBe(shards + 1);
    // They exist, and nobody has marked them as settled.
    expect(await declared).toEqual([0, 1, 2].map((shard) => `${prefix}.batches.${shard}`));
    await model.close();
  });
});
