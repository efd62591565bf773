/** A process that runs one job into part files until it has finished, or until its plan has it struck. */
import { writeSync } from 'node:fs';
import { type CheckpointStorage, defineSource, SluiceError } from '@sluice/connector-sdk';
import { createJob, fileCheckpoints, fromSource, noRestart, to } from '@sluice/core';
import { partSink } from '../../connectors/file/src/sink/file-sink.js';
import { type PartFiles, type PartHandle, partFiles } from '../../connectors/file/src/sink/part-files.js';
import { ndjson } from '../../connectors/file/src/sink/part-format.js';
import { tapped } from '../../connectors/file/src/testing/tapped.js';
import type { SinkPlan, Told } from './sink-plan.js';

const plan = JSON.parse(process.argv[2] ?? '') as SinkPlan;
const tell = (told: Told): void => void writeSync(1, `${JSON.stringify(told)}\n`);
const counts = new Map<string, number>();

/** Answers whether it is the plan's point, once. */
function isStrike(point: string): boolean {
  const count = (counts.get(point) ?? 0) + 1;
  counts.set(point, count);
  return plan.strike?.point === point && plan.strike.nth === count;
}

function strike(): void {
  if (plan.strike === undefined) return;
  tell({ type: 'struck', point: plan.strike.point });
  process.kill(process.pid, plan.strike.signal);
}

function at(point: string): void {
  if (isStrike(point)) strike();
}

function halving(handle: PartHandle): PartHandle {
  return {
    ...handle,
    async write(bytes) {
      if (!isStrike('half')) return handle.write(bytes);
      await handle.write(bytes.subarray(0, bytes.length >> 1));
      strike();
      await handle.write(bytes.subarray(bytes.length >> 1));
    },
  };
}

const files: PartFiles = tapped(
  {
    ...partFiles,
    create: async (path) => halving(await partFiles.create(path)),
    continue: async (path, bytes) => halving(await partFiles.continue(path, bytes)),
  },
  at,
);

let completed = (): void => {};

/** So many elements between two checkpoints: how far a life gets before it is struck does not depend on the machine. */
const numbers = defineSource({
  name: 'numbers',
  bounded: true,
  replayable: true,
  discover: async () => [{ id: 'numbers', split: undefined }],
  open: async () => ({
    async *read(_split, position: number | undefined, signal) {
      signal.addEventListener('abort', () => completed());
      const half = plan.perCheckpoint / 2;
      for (let from = position ?? 0; from < plan.elements; from += half) {
        const start = from;
        const values = Array.from({ length: Math.min(half, plan.elements - start) }, (_, i) => start + i);
        yield { values, positionAfter: (index: number) => start + index + 1 };
        if ((start / half) % 2 === 0 || signal.aborted) continue;
        await new Promise<void>((resolve) => {
          completed = resolve;
        });
      }
    },
    async checkpointComplete() {
      completed();
    },
    close: async () => {},
  }),
});

function struckStorage(storage: CheckpointStorage): CheckpointStorage {
  return {
    ...storage,
    acquire: async (job, signal) => {
      const lease = await storage.acquire(job, signal);
      const publish = lease.publish.bind(lease);
      lease.publish = async (checkpoint, manifest, within) => {
        at('publish');
        await publish(checkpoint, manifest, within);
        at('published');
      };
      return lease;
    },
  };
}

const sink = partSink<number>(
  {
    directory: plan.directory,
    format: ndjson(),
    roll: { maxBytes: plan.maxBytes, maxAge: plan.maxAge },
    bucketOf: (n) => (plan.buckets === 1 ? '' : `b${n % plan.buckets}`),
    ...(plan.compression === undefined ? {} : { compression: plan.compression }),
  },
  files,
);
const job = createJob('parts', fromSource(numbers).pipe(to(sink)), {
  checkpoints: { interval: 8, storage: struckStorage(fileCheckpoints(plan.checkpoints)) },
  restart: noRestart(),
});
job.events.subscribe({
  next: (event) => {
    if (event.type === 'started') tell({ type: 'started', restoredFrom: event.restoredFrom });
  },
  error: () => {},
});
try {
  await job.run();
  tell({ type: 'finished' });
} catch (error) {
  tell({ type: 'failed', codes: codesOf(error) });
}

function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    codes.push(SluiceError.isInstance(at) ? at.code : at.name);
  }
  return codes;
}
