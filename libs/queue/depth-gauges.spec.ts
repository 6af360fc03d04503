import { describe, expect, it } from '@jest/globals';
import { Telemetry } from '#telemetry';
import { observeDepth } from './depth-gauges.ts';

describe('the gauges of the depth', () => {
  it('are what the queue says, by one question per scrape', async () => {
    const telemetry = new Telemetry(() => undefined);
    let questions = 0;
    observeDepth(telemetry, {
      depth: () => {
        questions++;
        return Promise.resolve({ ready: 7, unsettled: 2, bytes: 4_096 });
      },
    });
    const text = await telemetry.metrics();
    expect(text).toContain('penstock_queue_ready_batches 7\n');
    expect(text).toContain('penstock_queue_unsettled_batches 2\n');
    expect(text).toContain('penstock_queue_bytes 4096\n');
    expect(questions).toBe(1);
    await telemetry.metrics();
    expect(questions).toBe(2);
  });

  it('are absent, and the scrape is answered, while the queue does not tell', async () => {
    const telemetry = new Telemetry(() => undefined);
    let depth = (): Promise<never> => Promise.reject(new Error('away'));
    observeDepth(telemetry, { depth: () => depth() });
    expect(await telemetry.metrics()).not.toMatch(/^penstock_queue/m);
    depth = () => new Promise<never>(() => undefined);
    expect(await telemetry.metrics()).not.toMatch(/^penstock_queue/m);
  });
});
