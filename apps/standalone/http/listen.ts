import { createServer, type Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { StartupError } from '../postgres/startup-error.ts';

export interface ListenOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  /** Null: loopback, over IPv4 and IPv6. */
  readonly host: string | null;
}

export interface Listening {
  readonly port: number;
  /** The loopback server over IPv6 beside Fastify's own; null where there is none. */
  readonly second: Server | null;
}

/** Listens; throws StartupError with one sentence where the address cannot be had. */
export async function listen(
  server: FastifyInstance,
  { port, host }: ListenOptions,
): Promise<Listening> {
  try {
    await server.listen({ port, host: host ?? '127.0.0.1' });
  } catch (error) {
    throw explain(error, port, host);
  }
  const address = server.server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return { port: bound, second: host === null ? await listenOnIPv6(server, bound) : null };
}

/** `localhost` means ::1 to many clients. A machine without IPv6 is served on 127.0.0.1 alone. */
async function listenOnIPv6(server: FastifyInstance, port: number): Promise<Server | null> {
  const second = createServer((request, response) => {
    server.routing(request, response);
  });
  second.keepAliveTimeout = server.server.keepAliveTimeout;
  second.requestTimeout = server.server.requestTimeout;
  second.headersTimeout = server.server.headersTimeout;
  // What cannot be read as HTTP gets the same answer on both.
  for (const listener of server.server.listeners('clientError')) {
    second.on('clientError', listener as Parameters<Server['on']>[1]);
  }
  return await new Promise((resolve, reject) => {
    second.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') reject(explain(error, port, '::1'));
      else resolve(null);
    });
    second.listen({ port, host: '::1', ipv6Only: true }, () => {
      resolve(second);
    });
  });
}

function explain(error: unknown, port: number, host: string | null): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new StartupError(
      `Port ${port} is taken by another program: choose another by --port, or stop that program.`,
    );
  if (code === 'EACCES')
    return new StartupError(`Port ${port} may not be used by this user: choose one above 1023.`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new StartupError(`This machine has no address ${host ?? '127.0.0.1'}: check --host.`);
  return error instanceof Error ? error : new Error(String(error));
}
