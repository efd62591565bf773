import { join } from 'node:path';
import { createJob, fileCheckpoints, fixedDelay, fromSource, to } from '@sluice/core';
import { map } from 'rxjs';
import { FaultLine } from '../crash/fault-line.js';
import { tapSource } from '../crash/source-tap.js';
import { ConnectionCuts } from '../kit/connection-cuts.js';
import { itemsFrom } from '../kit/item.js';
import { itemSource } from '../kit/item-source.js';
import { spokenSecrets } from '../kit/refusal.js';
import { messageOf, noneOf, violated } from '../kit/violation.js';
import { within } from '../kit/within.js';
import type { SinkStage } from './sink-stage.js';

const ITEMS = 600;
/** A job may take so many times as long as one step of it. */
const STEPS = 6;

export async function deliversEverything<T>(stage: SinkStage<T>): Promise<void> {
  const sink = await runJob(stage, 0, () => {});
  await stage.expectVisible(sink, itemsFrom(0, ITEMS), 'after the job had finished');
  await stage.expectNoLeftovers('after the job had finished');
  // From its last checkpoint, behind which nothing is.
  await runJob(stage, 0, () => {});
  await stage.expectVisible(sink, itemsFrom(0, ITEMS), 'after the finished job was started again');
}

const nothingHappens = new FaultLine([], { hold: async () => {}, suspend() {} });

/** Restarts that a job may need to get over cut connections. */
const RESTARTS = 20;

export async function connectionLoss<T>(stage: SinkStage<T>): Promise<void> {
  const cuts = new ConnectionCuts([ITEMS / 4, ITEMS / 2], () => stage.options.loseConnections?.(stage.place));
  const sink = await runJob(stage, RESTARTS, (count) => cuts.at(count));
  await stage.within('loseConnections()', cuts.made());
  await stage.expectVisible(sink, itemsFrom(0, ITEMS), 'after connections had been cut');
  await stage.expectNoLeftovers('after connections had been cut');
}

async function runJob<T>(stage: SinkStage<T>, restarts: number, onRead: (count: number) => void) {
  const sink = await stage.sink();
  const items = itemSource<T>({ count: ITEMS, element: (item) => stage.element(item), onRead });
  const source = tapSource(items, nothingHappens, { batch: 10, ahead: 150 });
  const job = createJob(`job-${stage.place.id}`, fromSource(source).pipe(to(sink, { uid: 'sink' })), {
    checkpoints: { interval: 20, storage: fileCheckpoints(join(stage.place.folder, 'checkpoints')) },
    restart: fixedDelay({ attempts: restarts, delay: 50 }),
    logger: stage.spoken.logger,
  });
  const events: string[] = [];
  const told = job.events
    .pipe(map((event) => JSON.stringify(event)))
    .subscribe({ next: (event) => void events.push(event), error: () => {} });
  const stop = new AbortController();
  try {
    await within(stage.settings.limit * STEPS, 'the job', job.run({ signal: stop.signal }));
  } catch (error) {
    stop.abort();
    noneOf(spokenSecrets([messageOf(error)], stage.options.secrets));
    violated(`the job failed: ${messageOf(error)}`, error);
  } finally {
    told.unsubscribe();
  }
  noneOf(spokenSecrets([...stage.spoken.lines, ...events], stage.options.secrets));
  return sink;
}
