import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import type { Arm } from './arm.js';
import { ARMS, type ArmName } from './arms.js';
import { summaryOfHeap } from './heap-summary.js';
import { onMoment } from './moments.js';
import { between } from './profile.js';

/** One run of one arm under a profiler: `profile-arm.ts ARM cpu|heap FOLDER`. */
const [name, kind, folder] = process.argv.slice(2) as [ArmName, 'cpu' | 'heap', string];
const arm: Arm = ARMS[name];
mkdirSync(folder, { recursive: true });
const session = new Session();
session.connect();
if (kind === 'cpu') await profileTime();
else await profileHeap();
process.disconnect?.();

/** Samples five times a millisecond; keeps those of the timed part. To begin with that part would put the begin into it: it takes long. */
async function profileTime(): Promise<void> {
  const timed = { from: 0, to: 0 };
  onMoment((moment) => {
    if (moment === 'begin') timed.from = microseconds();
    if (moment === 'end') timed.to = microseconds();
  });
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: 200 });
  session.post('Profiler.start');
  const { elements } = await arm();
  session.post('Profiler.stop', (error, { profile }) => {
    if (error) throw error;
    writeFileSync(join(folder, `${name}.cpuprofile`), JSON.stringify(between(profile, timed)));
  });
  process.send?.({ elements });
}

/** The clock of V8's profiles. */
function microseconds(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** What the heap holds behind the last element. */
async function profileHeap(): Promise<void> {
  let taken = false;
  onMoment((moment) => {
    if (taken || moment === 'begin') return;
    taken = true;
    const { used_heap_size: used, external_memory: external } = getHeapStatistics();
    const summary = summaryOfHeap(session);
    const text = [`used heap ${megabytes(used)} MB, external memory ${megabytes(external)} MB`, ...summary].join('\n');
    writeFileSync(join(folder, `${name}.heap.txt`), `${text}\n`);
    process.send?.({ heap: text });
  });
  await arm();
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
