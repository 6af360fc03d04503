/** The part of `GET /api/v1/pipeline/health` that the page shows. */
export interface PipelineHealth {
  readonly status: 'ok' | 'attention';
  readonly notices: readonly { readonly code: string; readonly detail: string }[];
  readonly processes: readonly PipelineProcess[];
  readonly ingest: { readonly events: Rate };
  readonly written: { readonly events: Rate };
  readonly backlog: { readonly ready: number | null; readonly unacked: number };
  readonly oldestUnwrittenSeconds: number | null;
  readonly index: { readonly seconds: number } | null;
  readonly quarantine: { readonly count: number; readonly more: boolean } | null;
}

interface Rate {
  readonly last10s: number;
}

export interface PipelineProcess {
  readonly id: string;
  readonly kind: string;
  readonly host: string;
  readonly state: 'alive' | 'stopping' | 'stopped' | 'dead';
  readonly lastSeen: string;
  readonly figures: { readonly writer?: object };
}
