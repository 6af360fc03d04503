export { KeeperModule, type KeeperParts } from './keeper.module.ts';
