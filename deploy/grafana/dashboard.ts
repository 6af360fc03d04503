import type { Panel, Row } from './panel.ts';

/** Width of the grid of Grafana. */
const COLUMNS = 24;
const STAT = { w: 4, h: 4 } as const;
const GRAPH = { w: 8, h: 8 } as const;
const ROW = { w: COLUMNS, h: 1 } as const;

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const;

interface Size {
  readonly w: number;
  readonly h: number;
}

/** The dashboard as Grafana 10 and newer import it. */
export function dashboard(rows: readonly Row[]): object {
  return {
    uid: 'penstock',
    title: 'Penstock',
    description: 'From a POST to a search result: rates, backlog, latencies and what is away.',
    tags: ['penstock', 'logs'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    templating: { list: [datasourceVariable, jobVariable] },
    panels: placed(rows),
  };
}

const datasourceVariable = {
  name: 'datasource',
  label: 'Data source',
  type: 'datasource',
  query: 'prometheus',
};

const jobVariable = {
  name: 'job',
  label: 'Job',
  type: 'query',
  datasource: DATASOURCE,
  query: { query: 'label_values(penstock_build_info, job)', refId: 'job' },
  includeAll: true,
  multi: true,
  allValue: '.+',
  current: { text: 'All', value: '$__all' },
  refresh: 2,
  sort: 1,
};

/** From left to right, a new line where the next panel does not fit. */
function placed(rows: readonly Row[]): object[] {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title: row.title,
      gridPos: { x: 0, y, ...ROW },
    });
    y += ROW.h;
    let x = 0;
    let height = 0;
    for (const panel of row.panels) {
      const size: Size = panel.stat === undefined ? GRAPH : STAT;
      if (x + size.w > COLUMNS) {
        x = 0;
        y += height;
      }
      panels.push({ id: panels.length + 1, ...drawn(panel), gridPos: { x, y, ...size } });
      x += size.w;
      height = size.h;
    }
    y += height;
  }
  return panels;
}

function drawn({ title, description, unit, queries, stat }: Panel): object {
  return {
    type: stat === undefined ? 'timeseries' : 'stat',
    title,
    description,
    datasource: DATASOURCE,
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        ...(stat === undefined ? LINES : { color: { mode: 'thresholds' } }),
        thresholds: { mode: 'absolute', steps: thresholds(stat?.redFrom ?? null) },
      },
      overrides: [],
    },
    options: stat === undefined ? GRAPH_OPTIONS : STAT_OPTIONS,
    targets: queries.map(({ expr, legend }, i) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + i),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend,
      range: true,
    })),
  };
}

const LINES = { custom: { fillOpacity: 10, showPoints: 'never', spanNulls: false } };
const GRAPH_OPTIONS = {
  legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
  tooltip: { mode: 'multi', sort: 'desc' },
};
const STAT_OPTIONS = {
  graphMode: 'area',
  colorMode: 'value',
  reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
};

function thresholds(redFrom: number | null): object[] {
  const green = { color: 'green', value: null };
  return redFrom === null ? [green] : [green, { color: 'red', value: redFrom }];
}
