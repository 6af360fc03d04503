import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Telemetry } from '#telemetry';
import { DependencyHealth, type Dependency } from '../dependency-health.ts';
import { StartupError } from '../startup-error.ts';
import { openBehindProbes } from './behind-probes.ts';
import { serveOperations, type OperationsServer } from './operations-server.ts';

const ANY_PORT = { port: 0, host: null, portSetting: 'OPERATIONS_PORT' };

describe('the operations server', () => {
  let telemetry: Telemetry;
  let health: DependencyHealth;
  let postgres: Dependency;
  let server: OperationsServer;

  beforeEach(async () => {
    telemetry = new Telemetry(() => undefined);
    health = new DependencyHealth(telemetry);
    postgres = health.add('postgres', { required: true });
    server = await serveOperations({ telemetry, health }, ANY_PORT);
  });

  afterEach(async () => {
    health.close();
    await server.close();
  });

  it('lives from its start, and is ready when it can do its part', async () => {
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    health.started();
    const before = await fetch(`${server.url}/health/ready`);
    expect(before.status).toBe(503);
    expect(await before.json()).toMatchObject({
      ready: false,
      dependencies: [{ name: 'postgres', required: true, ok: false }],
    });
    postgres.up();
    const after = await fetch(`${server.url}/health/ready?verbose=1`);
    expect(after.status).toBe(200);
    expect(await after.json()).toMatchObject({ ready: true, reason: null });
  });

  it('shows the metrics', async () => {
    postgres.up();
    postgres.down('gone');
    const answer = await fetch(`${server.url}/metrics`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await answer.text()).toMatch(
      /^penstock_dependency_losses_total\{dependency="postgres"\} 1$/m,
    );
  });

  it('tells other callers to wait during the start, and later that there is nothing', async () => {
    const starting = await fetch(`${server.url}/logs`, { method: 'POST', body: '{}' });
    expect(starting.status).toBe(503);
    expect(starting.headers.get('retry-after')).toBe('1');
    expect(await starting.json()).toMatchObject({ code: 'starting' });
    health.started();
    expect((await fetch(`${server.url}/logs`)).status).toBe(404);
  });

  it('names a taken port by one sentence', async () => {
    const second = serveOperations({ telemetry, health }, { ...ANY_PORT, port: server.port });
    await expect(second).rejects.toThrow(StartupError);
    await expect(second).rejects.toThrow(/^Port \d+ is taken .* by OPERATIONS_PORT, or/);
  });

  it('answers for a process that waits, and then frees the port', async () => {
    const gate = Promise.withResolvers<string>();
    const free = await serveOperations({ telemetry, health }, ANY_PORT);
    await free.close();
    const options = { ...ANY_PORT, port: free.port };
    const waiting = openBehindProbes({ telemetry, health }, options, () => gate.promise);
    // Listening takes a moment.
    let status = 0;
    while (status === 0)
      status = await fetch(`${free.url}/health/ready`).then(
        (answer) => answer.status,
        () => 0,
      );
    expect(status).toBe(503);
    gate.resolve('opened');
    expect(await waiting).toEqual({ opened: 'opened', port: free.port });
    await expect(fetch(`${free.url}/health/ready`)).rejects.toThrow();
  });
});
