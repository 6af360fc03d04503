export { SpoolInUseError } from './folder-lock.ts';
export { openSpool, type OpenSpool, type SpoolOptions } from './open-spool.ts';
export type { SpoolState } from './spool.ts';
