import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import { collectProcessMetrics, Telemetry } from '#telemetry';
import { ROWS } from '../../deploy/grafana/rows.ts';
import { metricCatalog, type CatalogMetric } from './catalog.mjs';
import { dashboardJson } from './dashboard-json.mjs';
import { metricsPage } from './page.mjs';
import { readPromql } from './promql.ts';

const ROOT = new URL('../../', import.meta.url);
const committed = (name: string): string => readFileSync(new URL(name, ROOT), 'utf8');

/** Labels that Prometheus gives to whatever it scrapes; the last one in Kubernetes. */
const TARGET_LABELS = ['job', 'instance', 'namespace'];

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<'summary' | 'description' | 'runbook_url', string>>;
}
interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

let catalog: ReadonlyMap<string, CatalogMetric>;
/** Series by their names, with their labels: of our definitions, and of Node. */
const series = new Map<string, readonly string[]>();

beforeAll(async () => {
  catalog = await metricCatalog();
  for (const { name, kind, labels } of catalog.values()) {
    if (kind === 'histogram') {
      series.set(`${name}_bucket`, [...labels, 'le']);
      series.set(`${name}_sum`, labels);
      series.set(`${name}_count`, labels);
    } else series.set(name, labels);
  }
  const telemetry = new Telemetry(() => undefined);
  collectProcessMetrics(telemetry, { process: 'writer', version: '1' })();
  for (const { name } of await telemetry.registry.getMetricsAsJSON()) {
    if (!catalog.has(name)) series.set(name, []);
  }
});

/** What an expression names that no process has. */
function unknownIn(expr: string): string[] {
  const { metrics, labels } = readPromql(expr);
  const known = new Set([...TARGET_LABELS, ...metrics.flatMap((name) => series.get(name) ?? [])]);
  return [
    ...metrics.filter((name) => !series.has(name)),
    ...labels.filter((label) => !known.has(label)),
  ];
}

describe('metrics', () => {
  it('are named as Prometheus recommends', () => {
    for (const { name, kind, labels, help } of catalog.values()) {
      expect(name).toMatch(/^penstock_[a-z][a-z0-9_]*$/);
      expect([name, name.endsWith('_total')]).toEqual([name, kind === 'counter']);
      expect([name, labels.filter((label) => TARGET_LABELS.includes(label))]).toEqual([name, []]);
      expect(help.length).toBeGreaterThan(10);
    }
  });

  it('are all in docs/metrics.md (npm run generate:docs)', async () => {
    expect(committed('docs/metrics.md')).toBe(await metricsPage(catalog));
  });
});

describe('readPromql', () => {
  it('finds metrics and labels, and refuses what Prometheus would refuse', () => {
    const read = readPromql('sum by (a) (rate(x_total{b="c"}[$__rate_interval])) / on (d) max(y)');
    expect(read).toEqual({ metrics: ['x_total', 'y'], labels: ['a', 'b', 'd'] });
    expect(() => readPromql('sum by (a) (rate(x[5m])')).toThrow(SyntaxError);
    expect(unknownIn('rate(penstock_no_such_total{wrong="1"}[5m])')).toEqual([
      'penstock_no_such_total',
      'wrong',
    ]);
  });
});

describe('the dashboard', () => {
  const panels = ROWS.flatMap((row) => row.panels);

  it('asks only for metrics and labels that exist', () => {
    const queries = panels.flatMap(({ queries: all }) => all);
    expect(queries.length).toBeGreaterThan(30);
    for (const { expr } of queries) expect([expr, unknownIn(expr)]).toEqual([expr, []]);
  });

  it('explains every panel, gives it a unit, and uses in a legend only what its query keeps', () => {
    for (const { title, description, unit, queries } of panels) {
      expect(title).not.toBe('');
      expect(description).toMatch(/^.{20,}\.$/);
      expect(unit).toBeTruthy();
      for (const { expr, legend } of queries) {
        const named = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
        const grouped = /\bby \(([^)]*)\)/.exec(expr)?.[1]?.split(', ') ?? [...TARGET_LABELS];
        expect([title, named.filter((label) => !grouped.includes(label!))]).toEqual([title, []]);
      }
    }
  });

  it('is deploy/grafana/penstock.json (npm run generate:docs)', async () => {
    expect(committed('deploy/grafana/penstock.json')).toBe(await dashboardJson());
  });
});

describe('the alerts', () => {
  const rules = ['alerts.yml', 'operator-alerts.yml'].flatMap((name) => {
    const { groups } = load(committed(`deploy/prometheus/${name}`)) as RuleFile;
    return groups.flatMap((group) => group.rules);
  });

  it('ask only for metrics and labels that exist', () => {
    for (const { alert, expr } of rules) expect([alert, unknownIn(expr)]).toEqual([alert, []]);
  });

  it('say how urgent they are and what has happened', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, labels, annotations } of rules) {
      expect(alert).toMatch(/^Penstock[A-Z]/);
      expect(labels.severity).toMatch(/^(warning|critical)$/);
      expect(annotations.summary).toMatch(/\.$/);
      expect(annotations.description).toMatch(/\.$/);
    }
  });

  it('have a runbook each, and no runbook is without its alert', () => {
    for (const { alert, annotations } of rules) {
      expect(annotations.runbook_url).toBe(`docs/runbooks/${alert}.md`);
      expect([alert, existsSync(new URL(annotations.runbook_url, ROOT))]).toEqual([alert, true]);
      expect(committed('docs/runbooks/README.md')).toContain(`(${alert}.md)`);
    }
    const pages = readdirSync(new URL('docs/runbooks/', ROOT));
    const expected = [...rules.map(({ alert }) => `${alert}.md`), 'README.md'];
    expect(pages.sort()).toEqual(expected.sort());
  });
});
