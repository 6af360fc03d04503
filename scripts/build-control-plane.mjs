/** `npm run build:control-plane`: what the suites of test/cluster need, without running them. */
import { buildPrograms } from '../test/cluster/control-plane/build-programs.mjs';
import { CACHE_FOLDER } from '../test/cluster/control-plane/programs.mjs';

const failure = await buildPrograms(console.log);
console.log(failure ?? `the control plane is in ${CACHE_FOLDER}`);
process.exitCode = failure === null ? 0 : 1;
