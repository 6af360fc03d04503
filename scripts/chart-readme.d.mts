export interface ChartValue {
  readonly path: string;
  readonly value: string;
  readonly description: string;
}

export function chartValues(yaml: string): ChartValue[];
export function chartReadme(readme: string, yaml: string): Promise<string>;
