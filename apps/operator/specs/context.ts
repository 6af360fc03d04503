import type { LogPipeline } from '#pipeline';

/** A key of a Secret, and a hash of its value: pods are rolled when it changes. */
export interface SecretValue {
  readonly secret: string;
  readonly key: string;
  readonly version: string;
}

/** Where the backends are, as far as pods need to know it. */
export interface Connections {
  readonly postgres: SecretValue;
  readonly rabbitmq: SecretValue & {
    /** Certificates to check the broker by; null for the known ones. */
    readonly ca: SecretValue | null;
  };
  readonly meilisearch: { readonly url: string; readonly apiKey: SecretValue } | null;
  /** Key of the bucket of columnar files; null: there is none, or the pods find one. */
  readonly archive: ArchiveKey | null;
}

export interface ArchiveKey {
  readonly accessKeyId: SecretValue;
  readonly secretAccessKey: SecretValue;
}

/** What manifests are made of: nothing else goes in, so that the same gives the same. */
export interface SpecContext {
  readonly pipeline: LogPipeline;
  /** Image of the pods. */
  readonly image: string;
  readonly connections: Connections;
  /** Password of the first user; null: access control is off, or the gateway makes one and shows it in its log. */
  readonly adminPassword: SecretValue | null;
  /** Token that ingest accepts always; null: nobody is asked for one, or those of the page are all. */
  readonly ingestToken: SecretValue | null;
  /** Secret of the client of OpenID Connect; null: nobody logs in by it. */
  readonly oidcClientSecret: SecretValue | null;
  /** Certificates to check the provider of OpenID Connect by; null for the known ones. */
  readonly oidcCa: SecretValue | null;
  /** Certificates that all processes trust beside the known ones; null where there are none. */
  readonly trustedCa: SecretValue | null;
  /** Null: an autoscaler owns the number of writers. */
  readonly writerReplicas: number | null;
  /** Groups of the API that the cluster serves. */
  readonly apiGroups: ReadonlySet<string>;
}

export type Component =
  'ingest' | 'writer' | 'gateway' | 'keeper' | 'migrate' | 'postgres' | 'rabbitmq' | 'meilisearch';
