import type { Telemetry } from '#telemetry';

/** A counter of this process, summed over its labels; 0 before it has counted anything. */
export async function counterTotal({ registry }: Telemetry, name: string): Promise<number> {
  const counter = registry.getSingleMetric(name);
  if (counter === undefined) return 0;
  const { values } = await counter.get();
  return values.reduce((total, { value }) => total + value, 0);
}
