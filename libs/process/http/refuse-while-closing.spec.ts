import { expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { refuseWhileClosing } from './refuse-while-closing.ts';
import { SERVER_OPTIONS } from './server-options.ts';

it('tells when to come again, from the moment that the server closes', async () => {
  const server = fastify(SERVER_OPTIONS);
  refuseWhileClosing(server);
  const closing = Promise.withResolvers<undefined>();
  const gate = Promise.withResolvers<undefined>();
  server.addHook('preClose', async () => {
    closing.resolve(undefined);
    await gate.promise;
  });
  server.get('/', () => 'served');
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  expect(await (await fetch(url)).text()).toBe('served');
  const closed = server.close();
  await closing.promise;
  const refused = await fetch(url);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(refused.headers.get('connection')).toBe('close');
  expect(await refused.json()).toMatchObject({ code: 'draining', retryAfterMs: 1_000 });
  gate.resolve(undefined);
  await closed;
});
