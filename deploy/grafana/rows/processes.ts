import { byProcess, series, type Panel } from '../panel.ts';

export const processes: readonly Panel[] = [
  {
    title: 'CPU',
    description: 'Cores in use, by kind of process.',
    unit: 'short',
    queries: [
      {
        expr: byProcess(
          `rate(${series('penstock_process_cpu_seconds_total')}[$__rate_interval])`,
          'sum',
        ),
        legend: '{{process}}',
      },
    ],
  },
  {
    title: 'Memory',
    description: 'Resident memory of the largest process of each kind.',
    unit: 'bytes',
    queries: [
      {
        expr: byProcess(series('penstock_process_resident_memory_bytes'), 'max'),
        legend: '{{process}}',
      },
    ],
  },
  {
    title: 'Event loop lag',
    description: '99th percentile since the last scrape, of the slowest process of each kind.',
    unit: 's',
    queries: [
      {
        expr: byProcess(series('penstock_event_loop_lag_p99_seconds'), 'max'),
        legend: '{{process}}',
      },
    ],
  },
  {
    title: 'Dependencies away',
    description: 'Processes that cannot use a dependency, by its name.',
    unit: 'short',
    queries: [
      {
        expr: `count by (dependency) (${series('penstock_dependency_up')} == 0)`,
        legend: '{{dependency}}',
      },
    ],
  },
  {
    title: 'Processes by state',
    description: 'Processes of the last day, by kind and state, from their heartbeats.',
    unit: 'short',
    queries: [
      {
        expr: `max by (kind, state) (${series('penstock_pipeline_processes')})`,
        legend: '{{kind}}: {{state}}',
      },
    ],
  },
  {
    title: 'Versions',
    description: 'Processes by version: more than one during an update only.',
    unit: 'short',
    queries: [
      {
        expr: `count by (process, version) (${series('penstock_build_info')})`,
        legend: '{{process}} {{version}}',
      },
    ],
  },
];
