import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineSource } from '@sluice/connector-sdk';
import { createJob, fileCheckpoints, fixedDelay, fromSource, type JobEvent, keyBy, scanByKey, to } from '@sluice/core';
import { collectTransactionalSink } from '@sluice/testing';
import { map } from 'rxjs';
import { randomFrom } from '../random.js';
import type { ChaosRow } from './chaos-row.js';

const COUNT = 400;
const KEYS = 7;
const TMPFS = '192k';

/** Row 12, on a real file system of a few pages: it is filled to the last byte while checkpoints are taken, and emptied again. */
export const fullDisk: ChaosRow<'tmpfs'> = {
  row: 12,
  title: 'no space left on a real, small file system',
  needs: [],
  modes: ['tmpfs'],
  counts: { quick: 1, release: 10 },
  run: async ({ seed }) => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-full-'));
    const mounted = mountSmall(folder);
    try {
      return await fillAndEmpty(folder, seed, mounted);
    } finally {
      if (mounted) spawnSync('umount', [folder]);
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function fillAndEmpty(folder: string, seed: number, mounted: boolean) {
  if (!mounted) return { faults: 0, violations: ['a small tmpfs cannot be mounted here: run this row as root'] };
  const random = randomFrom(seed, 12);
  const sink = collectTransactionalSink<string>();
  const events: JobEvent[] = [];
  const job = createJob('full', sumsOf(COUNT).pipe(to(sink)), {
    checkpoints: { interval: 20, storage: fileCheckpoints(join(folder, 'checkpoints')), tolerableFailures: 1 },
    restart: fixedDelay({ attempts: 1_000, delay: 20 }),
  });
  job.events.subscribe((event) => void events.push(event));
  const finished = job.run();
  finished.catch(() => {});
  const filler = join(folder, 'filler');
  let faults = 0;
  for (let round = 0; round < 4; round++) {
    await sleep(random.between(20, 120));
    fill(filler);
    const failures = (): number =>
      events.filter(({ type }) => type === 'checkpointFailed' || type === 'restarting').length;
    const before = failures();
    for (let waited = 0; waited < 100 && failures() === before; waited++) await sleep(10);
    faults += failures() > before ? 1 : 0;
    rmSync(filler, { force: true });
  }
  await finished;
  const violations: string[] = [];
  if (sink.values.join() !== expectedSums(COUNT).join()) violations.push('the output is not what it should be');
  if (sink.pending > 0) violations.push(`${sink.pending} transactions are still prepared`);
  return { faults, violations };
}

/** Until there is no space for one byte more. */
function fill(path: string): void {
  for (let bytes = 1 << 17; bytes >= 1; bytes >>= 1) {
    try {
      for (;;) writeFileSync(path, new Uint8Array(bytes), { flag: 'a' });
    } catch {
      // Smaller pieces may still fit.
    }
  }
}

function mountSmall(folder: string): boolean {
  mkdirSync(folder, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${TMPFS}`, 'sluice', folder]).status === 0;
}

function sumsOf(count: number) {
  const source = defineSource<number, null, number>({
    name: 'numbers',
    bounded: true,
    replayable: true,
    discover: async () => [{ id: 'all', split: null }],
    open: async () => ({
      async *read(_split, position = 0) {
        for (let n = position; n < count; n++) {
          yield { values: [n], positionAfter: () => n + 1 };
          await sleep(2);
        }
      },
      close: async () => {},
    }),
  });
  return fromSource(source).pipe(
    keyBy((n) => n % KEYS),
    scanByKey(
      (sum, n) => sum + n,
      () => 0,
    ),
    map(({ key, value }) => `${key}:${value}`),
  );
}

function expectedSums(count: number): string[] {
  const totals = new Map<number, number>();
  return Array.from({ length: count }, (_, n) => {
    const total = (totals.get(n % KEYS) ?? 0) + n;
    totals.set(n % KEYS, total);
    return `${n % KEYS}:${total}`;
  });
}
