/** What an operator tells of itself at /metrics. */
export interface OperatorFigures {
  /** Reconciliations that ended. */
  readonly reconciliations: number;
  /** Requests to the API by method and resource, as `GET secrets`. */
  readonly requests: ReadonlyMap<string, number>;
  readonly isLeader: boolean;
  /** Pipelines that wait for a reconciliation or are in one. */
  readonly queueLength: number;
}

const LINE = /^(\w+)(?:\{(.*)\})? (\S+)$/;

interface Sample {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
}

export async function operatorFigures(url: string): Promise<OperatorFigures> {
  const samples = samplesOf(await metricsOf(url));
  const sumOf = (wanted: string): number =>
    samples.filter(({ name }) => name === wanted).reduce((sum, { value }) => sum + value, 0);
  const requests = samples
    .filter(({ name }) => name === 'penstock_operator_api_requests_total')
    .map(({ labels, value }) => {
      return [`${label(labels, 'method')} ${label(labels, 'resource')}`, value] as const;
    });
  return {
    reconciliations: sumOf('penstock_operator_reconcile_seconds_count'),
    requests: new Map(requests),
    isLeader: sumOf('penstock_operator_leader') === 1,
    queueLength: sumOf('penstock_operator_queue_length'),
  };
}

function samplesOf(text: string): readonly Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    return name === undefined ? [] : { name, labels, value: Number(value) };
  });
}

async function metricsOf(url: string): Promise<string> {
  return await (await fetch(`${url}/metrics`)).text();
}

/** What it says of its build. */
export async function operatorVersion(url: string): Promise<string> {
  const text = await metricsOf(url);
  return label(/^penstock_build_info\{.*$/m.exec(text)?.[0] ?? '', 'version');
}

/** All requests but those of the lease. */
export function requestCount({ requests }: OperatorFigures): number {
  return [...requests]
    .filter(([what]) => !what.endsWith(' leases'))
    .reduce((sum, [, count]) => sum + count, 0);
}

function label(labels: string, name: string): string {
  return new RegExp(`${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
}
