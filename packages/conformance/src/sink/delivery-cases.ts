import { disorder } from '../kit/compare.js';
import { itemsFrom } from '../kit/item.js';
import { noneOf, violated } from '../kit/violation.js';
import { prepare, prepareEpoch, startTransactional, startWriter, writeAll } from './sink-run.js';
import type { SinkStage } from './sink-stage.js';

/** Around the bounds at which batches are usually cut. */
const EPOCHS = [1, 2, 0, 99, 100, 101, 499, 500, 501];

/** Writes each list as one epoch, and makes it visible. */
async function deliver<T>(stage: SinkStage<T>, sizes: readonly number[]): Promise<void> {
  const sink = await stage.sink();
  let from = 0;
  if (sink.guarantee === 'transactional') {
    const run = await startTransactional(stage, 1);
    for (const [index, size] of sizes.entries()) {
      const { committables } = await prepareEpoch(stage, run, index + 1, itemsFrom(from, size));
      await stage.commit(run.committer, stage.persisted(run.sink, committables));
      from += size;
      await stage.expectVisible(sink, itemsFrom(0, from), `after an epoch of ${size} was committed`);
    }
    return;
  }
  const { writer } = await startWriter(stage, 1);
  for (const size of sizes) {
    await writeAll(stage, writer, itemsFrom(from, size));
    await stage.within('flush()', writer.flush());
    from += size;
    await stage.expectVisible(sink, itemsFrom(0, from), `after a flush behind ${size} elements`);
  }
}

export function epochsOfAnySize<T>(stage: SinkStage<T>): Promise<void> {
  return deliver(stage, EPOCHS);
}

export function flushIsDurable<T>(stage: SinkStage<T>): Promise<void> {
  return deliver(stage, [3, 1, 7]);
}

export async function orderIsKept<T>(stage: SinkStage<T>): Promise<void> {
  await deliver(stage, [150, 40, 300]);
  noneOf(disorder(await stage.visible()));
}

export async function flushWhileWriting<T>(stage: SinkStage<T>): Promise<void> {
  const { sink, writer } = await startWriter(stage, 1);
  let sent = 0;
  const write = async (count: number): Promise<void> => {
    await writeAll(stage, writer, itemsFrom(sent, count));
    sent += count;
  };
  // Numbers that meet the bounds of batches at another place each time.
  for (let round = 0; round < 8; round++) {
    await write(37);
    const flushed = writer.flush();
    for (let burst = 0; burst < 6; burst++) {
      await write(7);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await stage.within('flush() while elements arrive', flushed);
  }
  await stage.within('flush()', writer.flush());
  await stage.expectVisible(sink, itemsFrom(0, sent), 'after elements had arrived during flushes');
}

export async function backpressure<T>(stage: SinkStage<T>): Promise<void> {
  const { fullWithin = 50_000 } = stage.options;
  const sink = await stage.sink();
  if (sink.guarantee === 'transactional') {
    const run = await startTransactional(stage, 1);
    const transaction = run.writer.begin();
    const { sent, full } = fill(stage, transaction, fullWithin);
    const committables = await prepare(stage, run, transaction, 1);
    await stage.within('the promise of write() behind a barrier', full);
    await stage.commit(run.committer, committables);
    return stage.expectVisible(sink, itemsFrom(0, sent), 'after the writer had been full');
  }
  const { writer } = await startWriter(stage, 1);
  const { sent, full } = fill(stage, writer, fullWithin);
  await stage.within('the promise of write()', full);
  await stage.within('flush() of a writer that was full', writer.flush());
  await stage.expectVisible(sink, itemsFrom(0, sent), 'after the writer had been full');
}

/** Elements that are already on their way when the writer says that it is full. */
const STILL_COMING = 20;

function fill<T>(
  stage: SinkStage<T>,
  target: { write(value: T, timestamp: number): Promise<void> | undefined },
  most: number,
): { readonly sent: number; readonly full: Promise<unknown> } {
  for (let id = 0; id < most; id++) {
    const [item] = itemsFrom(id, 1);
    const full = item && target.write(stage.element(item), id);
    if (full === undefined) continue;
    const coming = itemsFrom(id + 1, STILL_COMING);
    const later = coming.map((next) => target.write(stage.element(next), next.id));
    return { sent: id + 1 + coming.length, full: Promise.all([full, ...later]) };
  }
  return violated(`write() never said that it is full, within ${most} elements in one go`);
}
