/** The names that stand in lines; null where there are none, which is all services. */
export function readServices(lines: string): readonly string[] | null {
  const names = lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return names.length === 0 ? null : [...new Set(names)];
}

export function servicesText(services: readonly string[] | null): string {
  return services === null ? $localize`all` : services.join(', ');
}
