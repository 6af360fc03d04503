import { fingerprint } from '../specs/fingerprint.ts';

/** Members by which the API tells items of lists apart. */
const ITEM_KEYS = ['name', 'mountPath', 'containerPort', 'topologyKey', 'type'];

/**
 * What an observed value has where the desired one has something: without what the API server filled in, and without
 * what others added. Equal to the desired value if nothing of it was changed.
 */
export function project(desired: unknown, observed: unknown): unknown {
  if (Array.isArray(desired) && Array.isArray(observed)) return projectList(desired, observed);
  if (!isRecord(desired) || !isRecord(observed)) return observed;
  return Object.fromEntries(
    Object.keys(desired)
      .filter((key) => desired[key] !== undefined)
      .map((key) => [key, project(desired[key], observed[key])]),
  );
}

/** Whether the observed object is as the desired one says, whatever else it has. */
export function covers(desired: unknown, observed: unknown): boolean {
  return fingerprint(project(desired, observed)) === fingerprint(desired);
}

function projectList(desired: readonly unknown[], observed: readonly unknown[]): unknown {
  const key = ITEM_KEYS.find((name) => desired.every((item) => isRecord(item) && name in item));
  if (key === undefined)
    return desired.length === observed.length
      ? observed.map((item, at) => project(desired[at], item))
      : observed;
  return desired.map((item) => {
    const wanted = (item as Readonly<Record<string, unknown>>)[key];
    const found = observed.find((other) => isRecord(other) && other[key] === wanted);
    return found === undefined ? null : project(item, found);
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
