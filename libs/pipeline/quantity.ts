const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** The number that a Kubernetes quantity stands for: `2Gi` is 2,147,483,648, `500m` is 0.5. */
export function quantityValue(quantity: string | number): number {
  const [, number = '', unit = ''] = /^([0-9.]+)([a-zA-Z]*)$/.exec(String(quantity)) ?? [];
  const value = Number(number) * (UNITS[unit] ?? Number.NaN);
  if (number === '' || Number.isNaN(value)) throw new Error(`"${quantity}" is no quantity`);
  return value;
}
