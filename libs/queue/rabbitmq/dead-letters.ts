import type { Channel, ChannelModel, GetMessage } from 'amqplib';
import type { DeadLetter, DeadLetterReason } from '../dead-letters.ts';
import { messageOf } from './errors.ts';
import { keepMessage } from './kept-message.ts';
import { batchIdOf, decodeMessage, eventsOf, isOfUnknownSchema } from './message.ts';

type MoveReason = Exclude<DeadLetterReason, 'undecodable'>;

/** Why RabbitMQ moved a message that can be read here, in its own words. */
const REASONS: Readonly<Record<string, MoveReason>> = {
  delivery_limit: 'delivery-limit',
  // Writers reject what they cannot read, and nothing else.
  rejected: 'unknown-schema',
};

/** Hands over what is in the queue of dead letters, as `DeadLetterSource` says. */
export async function takeDeadLetters(
  model: ChannelModel,
  queue: string,
  keep: (letter: DeadLetter) => Promise<void>,
): Promise<number> {
  const channel = await model.createChannel();
  // The calls themselves reject too; without a listener the error would end the process.
  channel.on('error', () => undefined);
  try {
    return await takeFrom(channel, queue, keep);
  } finally {
    // Gives back the one that was not kept. A channel that has ended has done so.
    await channel.close().catch(() => undefined);
  }
}

async function takeFrom(
  channel: Channel,
  queue: string,
  keep: (letter: DeadLetter) => Promise<void>,
): Promise<number> {
  // Cheaper than to ask for a message, and most often all there is to do.
  const { messageCount } = await channel.checkQueue(queue);
  for (let taken = 0; taken < messageCount; taken++) {
    const message = await channel.get(queue);
    if (message === false) return taken;
    await keep(letterOf(message));
    channel.ack(message);
  }
  return messageCount;
}

function letterOf(message: GetMessage): DeadLetter {
  const reason = REASONS[causeOf(message)] ?? 'dead-lettered';
  const facts = { batchId: batchIdOf(message), events: eventsOf(message), raw: message.content };
  try {
    const batch = decodeMessage(message);
    return { ...facts, batch, reason, detail: DETAILS[reason], events: batch.events.length };
  } catch (error) {
    const unread = { ...facts, batch: null, detail: printable(messageOf(error)) };
    return isOfUnknownSchema(message)
      ? { ...unread, reason: 'unknown-schema', raw: keepMessage(message) }
      : { ...unread, reason: 'undecodable' };
  }
}

const DETAILS: Readonly<Record<MoveReason, string>> = {
  'delivery-limit':
    'it was delivered as often as the queue allows, each time without an answer of the writer',
  'unknown-schema': 'a writer of another version could not read it',
  'dead-lettered': 'a rule of RabbitMQ moved it to the dead letters',
};

const DETAIL_CHARACTERS = 500;

/** Without what Postgres, or a terminal, would stumble over: the text may quote what a stranger sent. */
function printable(text: string): string {
  return text.slice(0, DETAIL_CHARACTERS).replaceAll(/\p{C}/gu, '\uFFFD');
}

/** The newest entry of what RabbitMQ notes, which comes from outside all the same. */
function causeOf({ properties }: GetMessage): string {
  const deaths: unknown = properties.headers?.['x-death'];
  const newest: unknown = Array.isArray(deaths) ? deaths[0] : null;
  if (typeof newest !== 'object' || newest === null || !('reason' in newest)) return '';
  return String(newest.reason);
}
