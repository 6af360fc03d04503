/** Names of the resource in the Kubernetes API. */
export const GROUP = 'penstock.dev';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;
export const KIND = 'LogPipeline';
export const PLURAL = 'logpipelines';
