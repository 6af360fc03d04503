import type { AgentOptions } from 'node:https';

/** Where the Kubernetes API is, and how whoever asks proves who they are. */
export interface ApiServer {
  /** http: or https:, with a path where the API is below one. */
  readonly url: URL;
  /**
   * Certificates and headers of a request, as they are now: tokens rotate. Asked for again after some time, not for
   * every request.
   */
  readonly credentials: () => Promise<Credentials>;
}

export interface Credentials {
  readonly tls: Pick<AgentOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'servername'>;
  readonly headers: Readonly<Record<string, string>>;
}
