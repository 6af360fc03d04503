import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { FastifyInstance } from 'fastify';
import { StartupError } from '../startup-error.ts';
import type { ServerTls } from './tls/server-tls.ts';

export interface ListenOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  /** Null: loopback, over IPv4 and IPv6. */
  readonly host: string | null;
  /** How the user chooses another port, for the message: a flag or a variable. */
  readonly portSetting: string;
  /** Null, or not given: HTTP. */
  readonly tls?: ServerTls | null;
}

export interface Listening {
  readonly port: number;
  /** The loopback server over IPv6 beside Fastify's own; null where there is none. */
  readonly second: Server | null;
}

/** Listens; throws StartupError with one sentence where the address cannot be had. */
export async function listen(server: FastifyInstance, options: ListenOptions): Promise<Listening> {
  const { port, host } = options;
  try {
    await server.listen({ port, host: host ?? '127.0.0.1' });
  } catch (error) {
    throw explainListenError(error, options);
  }
  options.tls?.keepUpToDate(server.server);
  const address = server.server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  const second = host === null ? await listenOnIPv6(server, { ...options, port: bound }) : null;
  return { port: bound, second };
}

/** `localhost` means ::1 to many clients. A machine without IPv6 is served on 127.0.0.1 alone. */
async function listenOnIPv6(
  server: FastifyInstance,
  options: ListenOptions,
): Promise<Server | null> {
  const second = makeServer(options.tls ?? null, (request, response) => {
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
      if (error.code === 'EADDRINUSE') reject(explainListenError(error, options));
      else resolve(null);
    });
    second.listen({ port: options.port, host: '::1', ipv6Only: true }, () => {
      resolve(second);
    });
  });
}

/** A server of HTTP, or of HTTPS whose certificates are kept up to date. */
export function makeServer(tls: ServerTls | null, listener: RequestListener): Server {
  if (tls === null) return createServer(listener);
  const server = createSecureServer(tls.options, listener);
  tls.keepUpToDate(server);
  return server;
}

/** A StartupError with one sentence for what the user can mend, else the error as it is. */
export function explainListenError(
  error: unknown,
  { port, host, portSetting }: ListenOptions,
): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new StartupError(
      `Port ${port} is taken by another program: choose another by ${portSetting}, or stop that program.`,
    );
  if (code === 'EACCES')
    return new StartupError(`Port ${port} may not be used by this user: choose one above 1023.`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new StartupError(`This machine has no address ${host ?? '127.0.0.1'}: check HTTP_HOST.`);
  return error instanceof Error ? error : new Error(String(error));
}

/** A URL that reaches what listens there. */
export function urlOf({ host, tls = null }: ListenOptions, port: number): string {
  return `${tls === null ? 'http' : 'https'}://${displayHost(host)}:${port}`;
}

/** The host of a URL that reaches what listens on an address; null and wildcards are this machine. */
function displayHost(host: string | null): string {
  if (host === null || host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
