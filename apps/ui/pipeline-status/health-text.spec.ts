import { describe, expect, it } from '@jest/globals';
import { healthFigures, healthSummary, shownProcesses } from './health-text.ts';
import type { PipelineHealth, PipelineProcess } from './pipeline-health.ts';

function build(change: Partial<PipelineHealth> = {}): PipelineHealth {
  return {
    status: 'ok',
    notices: [],
    processes: [],
    ingest: { events: { last10s: 0 } },
    written: { events: { last10s: 0 } },
    backlog: { ready: 0, unacked: 0 },
    oldestUnwrittenSeconds: 0,
    index: null,
    quarantine: { count: 0, more: false },
    ...change,
  };
}

function buildProcess(change: Partial<PipelineProcess>): PipelineProcess {
  return {
    id: 'a',
    kind: 'writer',
    host: 'h',
    state: 'alive',
    lastSeen: '',
    figures: {},
    ...change,
  };
}

const figures = (change: Partial<PipelineHealth>): Record<string, string> =>
  Object.fromEntries(healthFigures(build(change)).map(({ name, value }) => [name, value]));

describe('healthFigures', () => {
  it('tells a pipeline at rest', () => {
    expect(figures({})).toEqual({
      Received: '0 events/s',
      Written: '0 events/s',
      Writers: '0',
      Waiting: 'nothing',
      'In quarantine': '0',
    });
  });

  it('tells a busy one', () => {
    const writer = { writer: {} };
    expect(
      figures({
        ingest: { events: { last10s: 12_345.6 } },
        processes: [
          buildProcess({ figures: writer }),
          buildProcess({ figures: writer, state: 'dead' }),
          buildProcess({ kind: 'gateway' }),
        ],
        backlog: { ready: 1_200, unacked: 34 },
        oldestUnwrittenSeconds: 150,
        index: { seconds: 8 },
        quarantine: { count: 10_000, more: true },
      }),
    ).toMatchObject({
      Received: '12,346 events/s',
      Writers: '1',
      Waiting: '1,234 batches, 3 min',
      'Index behind by': '8 s',
      'In quarantine': 'more than 10,000',
    });
  });

  it.each([
    [{ ready: null, unacked: 0 }, null, 'not known'],
    [{ ready: null, unacked: 1 }, null, '1 batch'],
    [{ ready: 5, unacked: 0 }, 7_300, '5 batches, 2 h'],
  ])('%j with age %j is %s', (backlog, oldestUnwrittenSeconds, expected) => {
    expect(figures({ backlog, oldestUnwrittenSeconds })).toMatchObject({ Waiting: expected });
  });
});

it.each([
  [null, 'not known'],
  [build(), 'all good'],
  [build({ notices: [{ code: 'stale', detail: '' }] }), '1 notice'],
])('is summed up', (health, expected) => {
  expect(healthSummary(health)).toBe(expected);
});

it('shows who runs and who died, not who stopped', () => {
  const processes = [
    buildProcess({ id: 'd', state: 'dead' }),
    buildProcess({ id: 's', state: 'stopped' }),
    buildProcess({ id: 'w' }),
    buildProcess({ id: 'g', kind: 'gateway' }),
  ];
  expect(shownProcesses(build({ processes })).map(({ id }) => id)).toEqual(['g', 'w', 'd']);
});
