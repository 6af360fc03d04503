import type { S3Settings } from '../storage/s3/s3-settings.ts';
import { S3Storage } from '../storage/s3/s3-storage.ts';

/* A process that stores an object, to be killed meanwhile: node --conditions=source put-object.ts <settings> <file> */
const [settings = '', path = ''] = process.argv.slice(2);
const storage = new S3Storage(JSON.parse(settings) as S3Settings);
await storage.put('killed/a', path, new AbortController().signal);
