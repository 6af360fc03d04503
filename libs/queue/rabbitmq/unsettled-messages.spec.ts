import { expect, test } from '@jest/globals';
import type { ConsumeMessage } from 'amqplib';
import { UnsettledMessages } from './unsettled-messages.ts';

const message = (deliveryTag: number, consumerTag: string, bytes: number): ConsumeMessage =>
  ({ fields: { deliveryTag, consumerTag }, content: Buffer.alloc(bytes) }) as ConsumeMessage;

test('counts by consumer what is not settled, and its bytes', () => {
  const unsettled = new UnsettledMessages();
  const [first, second, third] = [message(1, 'a', 10), message(2, 'b', 20), message(3, 'a', 30)];
  for (const each of [first, second, third]) unsettled.add(each);
  expect([...unsettled.tags()]).toEqual([1, 2, 3]);
  expect(unsettled.bytes).toBe(60);
  expect(unsettled.hasConsumerWith(2)).toBe(true);
  expect(unsettled.hasConsumerWith(3)).toBe(false);
  unsettled.remove(first);
  unsettled.remove(first);
  expect(unsettled.count).toBe(2);
  expect(unsettled.bytes).toBe(50);
  expect(unsettled.hasConsumerWith(2)).toBe(false);
  unsettled.clear();
  expect([unsettled.count, unsettled.bytes, unsettled.hasConsumerWith(1)]).toEqual([0, 0, false]);
});
