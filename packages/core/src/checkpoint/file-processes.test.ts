import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleCheckpoint } from '../../../../test/contracts/sample-checkpoint.js';
import { fileCheckpoints } from './file-checkpoints.js';
import { latestUsable, openCheckpoint } from './open-checkpoint.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const script = join(root, 'test/contracts/checkpointing-process.ts');
const never = new AbortController().signal;

interface Told {
  readonly epoch?: number;
  readonly incarnation?: string;
  readonly restored?: number;
  readonly published?: number;
  readonly stopped?: string;
}

let directory: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-processes-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', script, directory, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const told: Told[] = [];
  let wakeUp = (): void => undefined;
  const lines = createInterface({ input: child.stdout }).on('line', (line) => {
    told.push(JSON.parse(line) as Told);
    wakeUp();
  });
  // The last lines may be told after the process has gone.
  const exited = Promise.all([once(child, 'close'), once(lines, 'close')]);
  const until = async (holds: (told: readonly Told[]) => boolean): Promise<void> => {
    while (!holds(told)) {
      await new Promise<void>((resolve) => {
        wakeUp = resolve;
      });
    }
  };
  return { child, told, until, exited };
}

const publishedBy = (told: readonly Told[]) =>
  told.flatMap(({ published }) => (published === undefined ? [] : [published]));

describe('processes that share a folder of checkpoints', () => {
  it('never get the same epoch', async () => {
    const processes = [1, 2, 3].map(() => start('acquire', '40'));
    await Promise.all(processes.map(({ exited }) => exited));
    const told = processes.flatMap((process) => process.told);
    // One that a newer lease overtakes while it takes its epoch takes another: then a number is left out.
    expect(told.length).toBe(120);
    expect(new Set(told.map(({ epoch }) => epoch)).size).toBe(120);
    for (const { told } of processes) {
      const epochs = told.map(({ epoch = 0 }) => epoch);
      expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
    }
    expect(new Set(told.map(({ incarnation }) => incarnation)).size).toBe(1);
  }, 180_000);

  it('a stopped one that goes on after its successor has started changes nothing', async () => {
    let newest = 0;
    for (let round = 0; round < 2; round++) {
      const zombie = start('publish');
      await zombie.until((told) => publishedBy(told).length >= 3 + round * 5);
      zombie.child.kill('SIGSTOP');
      const lease = await fileCheckpoints(directory).acquire('job', never);
      const opened = await latestUsable(lease);
      const before = await lease.list();
      zombie.child.kill('SIGCONT');
      await zombie.exited;
      expect(zombie.told.at(-1)).toEqual({ stopped: 'SLUICE_FENCED' });
      expect(await lease.list()).toEqual(before);
      for (const id of before) await openCheckpoint(lease, id);
      newest = opened?.checkpoint ?? 0;
      expect(publishedBy(zombie.told).at(-1)).toBeLessThanOrEqual(newest);
      await sampleCheckpoint(lease, newest + 1, true);
      expect((await latestUsable(lease))?.checkpoint).toBe(newest + 1);
    }
  }, 180_000);

  it('that are killed at any moment lose nothing that they were told is published', async () => {
    let newest = 0;
    for (let round = 0; round < 4; round++) {
      const victim = start('publish');
      await victim.until((told) => publishedBy(told).length >= 2 + round);
      await new Promise((resolve) => setTimeout(resolve, round * 3));
      victim.child.kill('SIGKILL');
      await victim.exited;
      expect(victim.told[0]?.restored).toBeGreaterThanOrEqual(newest);
      expect(victim.told[0]?.epoch).toBe(round + 1);
      newest = publishedBy(victim.told).at(-1) ?? 0;
    }
    const lease = await fileCheckpoints(directory).acquire('job', never);
    const opened = await latestUsable(lease);
    expect(opened?.skipped).toEqual([]);
    expect(opened?.checkpoint).toBeGreaterThanOrEqual(newest);
    expect(opened?.checkpoint).toBeLessThanOrEqual(newest + 1);
  }, 180_000);
});
