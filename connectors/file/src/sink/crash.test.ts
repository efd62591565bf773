import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { temporaryFolder } from '../testing/reading.js';
import { manualClock, SinkRun, visibleParts } from '../testing/sinking.js';
import { tapped } from '../testing/tapped.js';
import type { CompressionName } from './compression.js';
import { partSink } from './file-sink.js';
import type { PartCommittable } from './part-committable.js';
import { partCommittableCodec } from './part-committable.js';
import { type PartFiles, type PartHandle, partFiles } from './part-files.js';
import { ndjson } from './part-format.js';

interface Plan {
  readonly elements: number;
  /** Elements between two checkpoints. */
  readonly interval: number;
  /** The call of the file system at which each run dies, counted from its start. */
  readonly deaths: readonly number[];
  readonly maxBytes: number;
  readonly buckets: number;
  readonly compression: CompressionName | undefined;
  /** Whether the engine says when the input ends: else each checkpoint finishes all parts. */
  readonly tellsEnd: boolean;
  /** Whether the process dies, so that nothing is closed, or the run fails and is closed. */
  readonly closes: boolean;
}

const plans: fc.Arbitrary<Plan> = fc.record({
  elements: fc.integer({ min: 1, max: 60 }),
  interval: fc.integer({ min: 1, max: 15 }),
  deaths: fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 5 }),
  maxBytes: fc.constantFrom(20, 100, 100_000),
  buckets: fc.integer({ min: 1, max: 3 }),
  compression: fc.constantFrom(undefined, undefined, 'gzip' as const),
  tellsEnd: fc.boolean(),
  closes: fc.boolean(),
});

const died = new Error('died');

/** What a process that dies leaves open, the system closes. */
const left = new Set<PartHandle>();
const systemFiles: PartFiles = {
  ...partFiles,
  create: async (path) => kept(await partFiles.create(path)),
  continue: async (path, bytes) => kept(await partFiles.continue(path, bytes)),
};

function kept(handle: PartHandle): PartHandle {
  left.add(handle);
  return {
    ...handle,
    async close() {
      left.delete(handle);
      await handle.close();
    },
  };
}

afterAll(async () => {
  await Promise.all([...left].map((handle) => handle.close()));
});

/** The storage: what the latest complete checkpoint holds. */
interface Complete {
  readonly position: number;
  readonly committables: readonly PartCommittable[];
  readonly ended: boolean;
}

/** Runs until the end or until it dies; answers whether it got to the end. */
async function runOnce(plan: Plan, directory: string, epoch: number, stored: { latest: Complete }): Promise<boolean> {
  const death = plan.deaths[epoch - 1];
  let calls = 0;
  const files = tapped(systemFiles, () => {
    if (death !== undefined && ++calls >= death) throw died;
  });
  const clock = manualClock();
  const options = {
    directory,
    format: ndjson<number>(),
    roll: { maxBytes: plan.maxBytes },
    maxOpenBuckets: 2,
    bucketOf: (n: number) => (plan.buckets === 1 ? '' : `b${n % plan.buckets}`),
    ...(plan.compression === undefined ? {} : { compression: plan.compression }),
  };
  const run = new SinkRun(partSink(options, files), { epoch, clock });
  try {
    // Through the codec, as a checkpoint does it.
    const { position, committables, ended } = stored.latest;
    const decoded = committables.map((c) => partCommittableCodec.decode(1, partCommittableCodec.encode(c)));
    await run.start(decoded);
    if (ended) return true;
    for (let n = position; ; ) {
      const end = Math.min(n + plan.interval, plan.elements);
      for (; n < end; n++) await run.write(n);
      clock.advance(10_000);
      const over = n === plan.elements;
      const prepared = await run.prepare(plan.tellsEnd ? over : undefined);
      stored.latest = { position: n, committables: prepared, ended: over };
      await run.commit(prepared);
      if (over) return true;
    }
  } catch (error) {
    if (!isDeath(error)) throw error;
    if (plan.closes) await run.close().catch(() => {});
    return false;
  }
}

function isDeath(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (at === died) return true;
  return false;
}

test('crashed at any call of the file system, the finished files hold every element once, in order', async () => {
  let deaths = 0;
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const directory = await temporaryFolder();
      const stored: { latest: Complete } = { latest: { position: 0, committables: [], ended: false } };
      let epoch = 1;
      while (!(await runOnce(plan, directory, epoch, stored))) {
        deaths++;
        epoch++;
      }
      // Once more: nothing comes late.
      await runOnce({ ...plan, deaths: [] }, directory, epoch + 1, stored);
      const parts = await visibleParts(directory);
      const lines = (prefix: string): number[] =>
        [...parts]
          .filter(([path]) => path.startsWith(prefix))
          .flatMap(([, content]) => content.split('\n').filter((line) => line !== ''))
          .map(Number);
      const all = Array.from({ length: plan.elements }, (_, n) => n);
      if (plan.buckets === 1) expect(lines('part-')).toEqual(all);
      else
        for (let b = 0; b < plan.buckets; b++)
          expect(lines(`b${b}/`)).toEqual(all.filter((n) => n % plan.buckets === b));
    }),
    { numRuns: 80 },
  );
  expect(deaths).toBeGreaterThan(50);
  // Thousands of calls of a real file system, on a machine that is busy with something else.
}, 120_000);
