import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { lastingPort } from '../free-port.mjs';
import { waitUntil } from '../wait-until.ts';
import { findS3Server } from './program.mjs';

const START_MS = 30_000;

/** An S3 server with one bucket, and everything that it writes in one folder. It may be killed and started again there. */
export class S3Server {
  readonly bucket = 'archive';
  readonly region = 'us-east-1';
  readonly credentials = {
    accessKeyId: `key-${randomBytes(6).toString('hex')}`,
    secretAccessKey: randomBytes(20).toString('hex'),
  };
  readonly port: number;
  private readonly folder: string;
  private child: ChildProcess | null = null;
  private ended: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  static async start(): Promise<S3Server> {
    const root = join(process.env['PENSTOCK_TEST_FOLDER'] ?? tmpdir(), 's3');
    await mkdir(root, { recursive: true });
    const server = new S3Server(await mkdtemp(join(root, 'server-')), await lastingPort());
    for (const name of ['data', 'attributes']) await mkdir(join(server.folder, name));
    await server.start();
    const client = server.client();
    await client.send(new CreateBucketCommand({ Bucket: server.bucket }));
    client.destroy();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A client of the SDK, for what tests look up behind the storage's back. */
  client(): S3Client {
    const { url: endpoint, region, credentials } = this;
    return new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  }

  /** Resolves once it answers. */
  async start(): Promise<void> {
    const log = openSync(this.logFile, 'a');
    const child = spawn(findS3Server() ?? 'versitygw', this.options(), {
      cwd: this.folder,
      env: { PATH: process.env['PATH'], HOME: this.folder },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.child = child;
    this.ended = new Promise((resolve) => {
      child.once('close', resolve);
      child.once('error', resolve);
    });
    // Whoever cleans up behind a killed test run finds it here.
    await writeFile(join(this.folder, 'server.pid'), String(child.pid ?? 0));
    await waitUntil('the S3 server answers', () => this.answers(), START_MS);
  }

  /** Ends it at once, as a crash does. Resolves when it has ended. */
  async kill(): Promise<void> {
    this.child?.kill('SIGKILL');
    await this.ended;
  }

  /** Ends it and removes what it wrote. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  private get logFile(): string {
    return join(this.folder, 'server.log');
  }

  /** Attributes of objects lie in files: not every file system of a test machine has extended attributes. */
  private options(): string[] {
    const { accessKeyId, secretAccessKey } = this.credentials;
    return [
      ...['--port', `127.0.0.1:${this.port}`, '--region', this.region, '--quiet'],
      ...['--access', accessKeyId, '--secret', secretAccessKey, '--health', '/health'],
      ...['posix', '--sidecar', join(this.folder, 'attributes'), join(this.folder, 'data')],
    ];
  }

  private async answers(): Promise<boolean> {
    if (this.child?.exitCode !== null)
      throw new Error(`the S3 server ended:\n${await readFile(this.logFile, 'utf8')}`);
    const health = await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(1_000) }).catch(
      () => null,
    );
    return health?.ok === true;
  }
}
