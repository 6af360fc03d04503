/** Any resource, as the API has it in JSON. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMetadata;
  readonly [field: string]: unknown;
}

export interface ObjectMetadata {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
  readonly deletionTimestamp?: string;
  readonly managedFields?: readonly { readonly manager: string }[];
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

/** Names a resource, or without `name` all of its kind in a namespace. */
export interface ResourceReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** Such as `status` or `scale`. */
  readonly subresource?: string;
}

/** Path of a resource. Plurals follow the rule of English, which all kinds of these tests do. */
export function resourcePath(reference: ResourceReference): string {
  const { apiVersion, kind, namespace, name, subresource } = reference;
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return [
    group,
    ...(namespace === undefined ? [] : ['namespaces', namespace]),
    pluralOf(kind),
    ...(name === undefined ? [] : [name]),
    ...(subresource === undefined ? [] : [subresource]),
  ].join('/');
}

/** What lies at a path of members, as `status.conditions.Ready.reason`; undefined where the path ends before. */
export function valueAt(object: object | null, path: string): unknown {
  return path.split('.').reduce<unknown>(memberAt, object);
}

/** Members by which items of lists are told apart. */
const ITEM_NAMES = ['name', 'type', 'key'];

/** A member of an object by its name, or an item of a list by its index or by its name, type or key. */
export function memberAt(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value) || /^\d+$/.test(name)) return (value as Record<string, unknown>)[name];
  return value.find((item: unknown) => {
    return ITEM_NAMES.some((member) => memberAt(item, member) === name);
  });
}

export function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  if (word.endsWith('endpoints')) return word;
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(s|x)$/.test(word) ? `${word}es` : `${word}s`;
}
