import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A TCP port of 127.0.0.1: the preferred one, given 2 s to become free, or else any. */
export async function freePort(preferred: number | undefined): Promise<number> {
  const deadline = Date.now() + 2_000;
  while (preferred !== undefined && Date.now() < deadline) {
    const bound = await bind(preferred);
    if (bound !== undefined) return bound;
    await sleep(50);
  }
  const any = await bind(0);
  if (any === undefined) throw new Error('No TCP port of 127.0.0.1 is free.');
  return any;
}

async function bind(port: number): Promise<number | undefined> {
  const server = createServer();
  const bound = await new Promise<boolean>((settle) => {
    server.once('error', () => settle(false));
    server.listen(port, '127.0.0.1', () => settle(true));
  });
  if (!bound) return undefined;
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return address === null || typeof address === 'string' ? undefined : address.port;
}
