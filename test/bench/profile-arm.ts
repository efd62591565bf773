import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import type { Arm } from './arm.js';
import { ARMS, type ArmName } from './arms.js';
import { summaryOfHeap } from './heap-summary.js';
import { onMoment } from './moments.js';

/** One run of one arm under a profiler: `profile-arm.ts ARM cpu|heap FOLDER`. */
const [name, kind, folder] = process.argv.slice(2) as [ArmName, 'cpu' | 'heap', string];
const arm: Arm = ARMS[name];
mkdirSync(folder, { recursive: true });
const session = new Session();
session.connect();
if (kind === 'cpu') await profileTime();
else await profileHeap();
process.disconnect?.();

/** Samples five times a millisecond, from the begin of the timed part until its end. */
async function profileTime(): Promise<void> {
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: 200 });
  onMoment((moment) => {
    if (moment === 'begin') session.post('Profiler.start');
    if (moment !== 'end') return;
    session.post('Profiler.stop', (error, { profile }) => {
      if (error) throw error;
      writeFileSync(join(folder, `${name}.cpuprofile`), JSON.stringify(profile));
    });
  });
  const { elements } = await arm();
  process.send?.({ elements });
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
