/** `npm run build:s3-server`: what the suites of object storage need, without running them. */
import { buildS3Server, findS3Server } from '../test/support/s3-server/program.mjs';

const failure = await buildS3Server(console.log);
console.log(failure ?? `the S3 server is ${findS3Server()}`);
process.exitCode = failure === null ? 0 : 1;
