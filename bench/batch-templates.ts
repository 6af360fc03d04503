import { benchJson } from './events.ts';

/** Events of a body. */
export const BATCH = 500;
const TEMPLATES = 100;
const NUMBER_DIGITS = 9;
const TIME_DIGITS = 24;

/** Bodies of 500 events each, prepared; one is good until it is filled again, 100 bodies later. */
export class BatchTemplates {
  private readonly templates = Array.from(
    { length: TEMPLATES },
    (_, i) => new BatchTemplate(i * BATCH),
  );

  /** Body number i: the events from 500 i on. */
  fill(i: number, nowMs: number): Buffer {
    const template = this.templates[i % TEMPLATES];
    if (template === undefined) throw new RangeError(`no body ${i}`);
    return template.fill(i * BATCH, nowMs);
  }
}

/**
 * A prepared body of 500 events whose numbers and times are overwritten in place, so that the client costs the two
 * cores that it shares with the server next to nothing. The text of an event repeats every 50,000 events.
 */
class BatchTemplate {
  private readonly body: Buffer;
  private readonly numbers: number[] = [];
  private readonly times: number[] = [];

  constructor(first: number) {
    const events = Array.from({ length: BATCH }, (_, i) =>
      benchJson(first + i, 0).replace(/"n":\d+/, `"n":${'1'.repeat(NUMBER_DIGITS)}`),
    );
    this.body = Buffer.from(`[${events.join(',')}]`);
    let at = 0;
    for (const event of events) {
      at += 1;
      this.numbers.push(at + event.lastIndexOf('"n":') + 4);
      this.times.push(at + event.indexOf('"timestamp":"') + 13);
      at += event.length;
    }
  }

  /** JSON has no leading zeros: a number below nine digits is padded by spaces. */
  fill(first: number, nowMs: number): Buffer {
    const time = new Date(nowMs).toISOString();
    for (let i = 0; i < BATCH; i++) {
      this.body.write(String(first + i).padStart(NUMBER_DIGITS), this.numbers[i] ?? 0, 'latin1');
      this.body.write(time, this.times[i] ?? 0, TIME_DIGITS, 'latin1');
    }
    return this.body;
  }
}
