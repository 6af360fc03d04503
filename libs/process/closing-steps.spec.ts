import { describe, expect, it } from '@jest/globals';
import { Telemetry } from '#telemetry';
import { ClosingSteps } from './closing-steps.ts';

describe('ClosingSteps', () => {
  it('goes on after a step that fails and one that does not end, and reports both', async () => {
    const messages: string[] = [];
    const closed: string[] = [];
    const steps = new ClosingSteps(new Telemetry(({ message }) => messages.push(message)));
    steps.add('the first', 1_000, () => {
      closed.push('the first');
    });
    steps.add('the slow one', 5, () => new Promise<void>(() => undefined));
    steps.add('the broken one', 1_000, () => Promise.reject(new Error('it broke')));
    await Promise.all([steps.close(), steps.close()]);
    expect(closed).toEqual(['the first']);
    expect(messages).toEqual([
      'the broken one did not end in order: it broke',
      'the slow one did not end in order: not done after 5 ms',
    ]);
  });
});
