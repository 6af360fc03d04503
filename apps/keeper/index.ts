export { fedIndex } from './fed-index.ts';
export { KeeperModule, type KeeperParts } from './keeper.module.ts';
export { retentionPolicy } from './retention-policy.ts';
