import type { Micros } from '#event';
import type { HeartbeatRow } from '../heartbeat-table.ts';
import type { PipelineHealth, ProcessHealth } from '../pipeline-health.ts';

/** 2026-03-10T12:00:00Z. */
export const NOON: Micros = Date.UTC(2026, 2, 10, 12) * 1_000;

export function buildRow(change: Partial<HeartbeatRow> = {}): HeartbeatRow {
  return {
    id: 'a',
    kind: 'writer',
    version: '1.0.0',
    host: 'host',
    startedAt: NOON - 60_000_000,
    lastSeen: NOON,
    phase: 'alive',
    figures: {},
    ...change,
  };
}

export function buildProcess(change: Partial<ProcessHealth> = {}): ProcessHealth {
  const { phase, ...row } = buildRow();
  return { ...row, state: phase, ...change };
}

export function buildHealth(change: Partial<PipelineHealth> = {}): PipelineHealth {
  const none = { last10s: 0, last1m: 0 };
  return {
    at: NOON,
    stale: null,
    processes: [],
    ingest: { events: none, bytes: none },
    written: { events: none },
    backlog: { ready: 0, unacked: 0, bytes: 0 },
    oldestUnwrittenSeconds: 0,
    index: null,
    quarantine: { count: 0, more: false },
    away: [],
    ...change,
  };
}
