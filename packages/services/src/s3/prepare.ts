import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ServerCommand, ServerSite } from '../service.js';
import { BUCKET } from './bucket.js';

/** The npm package `s3rver`; it takes unsigned requests, and those signed with the key `S3RVER` and the secret `S3RVER`. */
export async function prepareS3({ home, ports }: ServerSite): Promise<ServerCommand> {
  const data = join(home, 'data');
  await mkdir(data, { recursive: true });
  const program = join(dirname(createRequire(import.meta.url).resolve('s3rver/package.json')), 'bin/s3rver.js');
  return {
    endpoint: `http://127.0.0.1:${ports[0]}`,
    program: process.execPath,
    parameters: [
      ...[program, '--directory', data, '--address', '127.0.0.1', '--port', String(ports[0])],
      ...['--no-vhost-buckets', '--configure-bucket', BUCKET],
    ],
  };
}
