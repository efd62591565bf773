import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { root } from '../tasks/root.js';
import { RedisHarness } from './redis-harness.js';

const PLAYERS = 23;
const TOTAL = 6_000;

describeWithService('redis', 'processes that write to Redis and are killed', (endpoint) => {
  const harness = new RedisHarness(endpoint);
  const children: ChildProcess[] = [];
  const folders: string[] = [];

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });

  /** A test's own keys and checkpoints, and processes of the job. */
  const scene = async (name: string) => {
    const prefix = `${harness.prefix}${name}:`;
    const folder = await mkdtemp(join(tmpdir(), 'sluice-redis-'));
    folders.push(folder);
    for (let from = 1; from <= TOTAL; from += 1000) {
      const pipeline = harness.redis.pipeline();
      for (let n = from; n < from + 1000; n++) pipeline.xadd(`${prefix}plays`, `${n}`, 'n', n, 'player', n % PLAYERS);
      await pipeline.exec();
    }
    const start = () => {
      const child = spawn(
        process.execPath,
        ['--import', 'tsx', join(root, 'test/redis/job-process.ts'), harness.url, prefix, folder],
        { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
      );
      children.push(child);
      const told: string[] = [];
      createInterface({ input: child.stdout }).on('line', (line) => told.push(line));
      const exited = once(child, 'exit');
      const started = () => expect.poll(() => told, { timeout: 60_000 }).toContain('started');
      return { child, told, exited, started };
    };
    /** All that can be seen of it. */
    const held = async () => {
      const totals = Array.from({ length: PLAYERS }, (_, player) => harness.redis.hgetall(`${prefix}total:${player}`));
      const copied = await harness.redis.xrange(`${prefix}copy`, '-', '+');
      return { totals: await Promise.all(totals), copied: copied.map(([, [, n]]) => Number(n)) };
    };
    return { start, held };
  };
  const expectAll = ({ totals, copied }: { totals: Record<string, string>[]; copied: number[] }) => {
    const counts = Array.from({ length: PLAYERS }, (_, p) => Math.floor((TOTAL - p) / PLAYERS) + (p === 0 ? 0 : 1));
    expect(totals.map(({ value }) => Number(value))).toEqual(counts);
    expect(copied).toEqual(Array.from({ length: TOTAL }, (_, i) => i + 1));
  };

  test('kill -9 again and again: in the end each key holds what the input says', async () => {
    const { start, held } = await scene('killed');
    for (const after of [60, 130]) {
      const { child, told, exited, started } = start();
      await started();
      await sleep(after);
      child.kill('SIGKILL');
      await exited;
      expect(told).toEqual(['started']);
    }
    const last = start();
    await last.exited;
    expect(last.told).toEqual(['started', 'finished']);
    expectAll(await held());
  });

  test('a zombie, stopped and continued after its successor is done, changes nothing', async () => {
    const { start, held } = await scene('zombie');
    const zombie = start();
    await zombie.started();
    await sleep(60);
    zombie.child.kill('SIGSTOP');
    const successor = start();
    await successor.exited;
    expect(successor.told).toEqual(['started', 'finished']);
    const before = await held();
    expectAll(before);
    zombie.child.kill('SIGCONT');
    await zombie.exited;
    expect(zombie.told.at(-1)).toBe('failed SLUICE_FENCED');
    expect(await held()).toEqual(before);
  });
});
