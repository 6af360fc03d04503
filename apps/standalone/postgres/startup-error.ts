// By its path: the global setup of Jest loads this folder in plain Node, which does not know our names of libraries.
export { StartupError } from '../../../libs/process/startup-error.ts';
