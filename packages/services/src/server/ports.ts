import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Below those that systems give to outgoing connections, one of which would else hold the port when its server starts again. */
const RANGE = { from: 20_000, to: 32_000 };

/** TCP ports of 127.0.0.1: those of an earlier start, given 5 s to become free, and others in place of what is taken. */
export async function freePorts(count: number, earlier: readonly number[]): Promise<number[]> {
  const deadline = Date.now() + 5_000;
  const ports: number[] = [];
  while (ports.length < count) {
    const wanted = earlier[ports.length];
    ports.push(wanted !== undefined && (await becomesFree(wanted, deadline)) ? wanted : await anyFree(ports));
  }
  return ports;
}

async function becomesFree(port: number, deadline: number): Promise<boolean> {
  while (!(await isFree(port))) {
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}

async function anyFree(taken: readonly number[]): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const port = randomInt(RANGE.from, RANGE.to);
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
  throw new Error(`No TCP port of 127.0.0.1 between ${RANGE.from} and ${RANGE.to} is free.`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((settle) => {
    server.once('error', () => settle(false));
    server.listen(port, '127.0.0.1', () => server.close(() => settle(true)));
  });
}
