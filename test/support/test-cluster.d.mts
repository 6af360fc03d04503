export interface OfferedCluster {
  close(): Promise<void>;
}

/** Null where the programs of a control plane are not there. */
export function offerTestCluster(): Promise<OfferedCluster | null>;
