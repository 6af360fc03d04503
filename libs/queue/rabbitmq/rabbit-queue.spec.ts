import { afterAll, beforeAll } from '@jest/globals';
import { sharedBroker } from '../../../test/support/rabbitmq.ts';
import { rabbitmq, suite } from '../../../test/support/requirement.ts';
import { describeLogQueue } from '../conformance.ts';
import { RabbitQueues } from '../testing/rabbit-queues.ts';

suite('RabbitMQ as LogQueue', rabbitmq, () => {
  let queues: RabbitQueues;

  beforeAll(async () => {
    queues = new RabbitQueues(await sharedBroker());
  }, 120_000);
  afterAll(() => queues.close());

  describeLogQueue('RabbitMQ', {
    open: async ({ maxBatches, maxBytes }) => {
      const { queue } = await queues.open({
        maxInFlightBatches: maxBatches,
        maxInFlightBytes: maxBytes,
      });
      return queue;
    },
    durableBeforeHandling: true,
  });
});
