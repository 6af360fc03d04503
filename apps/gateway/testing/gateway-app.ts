import 'reflect-metadata';

import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

import { MemoryAuditLog } from '../../../libs/access/testing/memory-audit-log.ts';
import { SERVER_OPTIONS } from '#process';
import { SearchAccess, type SearchService } from '#search';
import { Telemetry } from '#telemetry';

import {
  configureGateway,
  DEFAULT_GATEWAY_SETTINGS,
  GatewayModule,
  type GatewayParts,
  type GatewaySettings,
} from '../index.ts';
import { EIGHT_O_CLOCK } from './event-builder.ts';
import { MemoryHealth } from './memory-health.ts';
import { MemoryQuarantine } from './memory-quarantine.ts';
import { MemorySearch } from './memory-search.ts';
import { MemorySearches } from './memory-searches.ts';
import { MemoryTokens } from './memory-tokens.ts';

/** A gateway that listens on a free port of 127.0.0.1, with parts in memory unless others are given. */
export interface TestGateway {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly audit: MemoryAuditLog;
  readonly search: MemorySearch;
  readonly quarantine: MemoryQuarantine;
  readonly searches: MemorySearches;
  readonly tokens: MemoryTokens;
  readonly health: MemoryHealth;
  /** Every route, as `GET /api/v1/search`. */
  readonly routes: readonly string[];
  /** Messages of the log. */
  readonly log: string[];
  readonly telemetry: Telemetry;
  close(): Promise<void>;
}

type TestParts = Partial<Omit<GatewayParts, 'settings' | 'search'>> & {
  readonly search?: SearchService;
};

export async function startTestGateway(
  { search: given, ...parts }: TestParts = {},
  settings: Partial<GatewaySettings> = {},
): Promise<TestGateway> {
  const audit = new MemoryAuditLog();
  const search = new MemorySearch();
  const quarantine = new MemoryQuarantine();
  const searches = new MemorySearches();
  const tokens = new MemoryTokens();
  const health = new MemoryHealth();
  const log: string[] = [];
  const telemetry = new Telemetry((line) => log.push(line.message));
  const all: GatewaySettings = {
    ...DEFAULT_GATEWAY_SETTINGS,
    pageFolder: '/nonexistent/page',
    ...settings,
  };
  const module = GatewayModule.register({
    access: { mode: 'off', audit },
    search: new SearchAccess(given ?? search),
    quarantine,
    searches,
    tokens,
    health,
    segments: () => Promise.resolve([]),
    replay: () => Promise.resolve({ kind: 'accepted' }),
    telemetry,
    clock: () => EIGHT_O_CLOCK,
    ...parts,
    settings: all,
  });
  Logger.overrideLogger(false);
  const app = await NestFactory.create<NestFastifyApplication>(
    module,
    new FastifyAdapter(SERVER_OPTIONS),
  );
  const routes: string[] = [];
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', ({ method, url }) => {
      routes.push(...[method].flat().map((each) => `${each} ${url}`));
    });
  await configureGateway(app, all);
  const unused = unusedConnections(app.getHttpServer());
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const close = async (): Promise<void> => {
    const closing = app.close();
    for (const socket of unused) socket.destroy();
    await closing;
  };
  return {
    app,
    url,
    routes,
    audit,
    search,
    quarantine,
    searches,
    tokens,
    health,
    log,
    telemetry,
    close,
  };
}

/** Node waits for connections that never carried a request, and fetch opens such ones in advance. */
function unusedConnections(server: Server): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => unused.add(socket));
  server.on('request', ({ socket }: IncomingMessage) => unused.delete(socket));
  return unused;
}
