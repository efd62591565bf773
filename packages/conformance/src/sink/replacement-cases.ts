import type { ConformanceItem } from '../kit/item.js';
import { itemsFrom } from '../kit/item.js';
import { within } from '../kit/within.js';
import {
  flush,
  openTransactionalWriter,
  prepare,
  prepareEpoch,
  recovered,
  startTransactional,
  startWriter,
  transactional,
  writeAll,
} from './sink-run.js';
import type { SinkStage } from './sink-stage.js';

const EPOCH = 120;

/** What a replaced run tries may fail, or do nothing; how long it takes is its own affair, as long as it ends. */
async function attempted<R>(limit: number, what: string, work: () => Promise<R>): Promise<R | undefined> {
  const started = Promise.resolve().then(work);
  return within(
    limit * 2,
    what,
    started.catch(() => undefined),
  );
}

export async function fencing<T>(stage: SinkStage<T>): Promise<void> {
  const sink = await stage.sink();
  return sink.guarantee === 'transactional' ? fencedTransactions(stage) : fencedWrites(stage);
}

async function fencedTransactions<T>(stage: SinkStage<T>): Promise<void> {
  const { limit } = stage.settings;
  const old = await startTransactional(stage, 1);
  const open = old.writer.begin();
  await writeAll(stage, open, itemsFrom(0, EPOCH));
  const prepared = await prepareEpoch(stage, old, 1, itemsFrom(EPOCH, EPOCH));
  const run = await startTransactional(stage, 2);

  const committables = await attempted(limit, 'prepare() of a replaced run', () => prepare(stage, old, open, 2));
  for (const committable of [...prepared.committables, ...(committables ?? [])]) {
    await attempted(limit, 'commit() of a replaced run', () => old.committer.commit(committable));
  }
  await stage.expectVisible(run.sink, [], 'after a replaced run had tried to commit');

  const items = itemsFrom(0, 2 * EPOCH);
  const own = await prepareEpoch(stage, run, 1, items);
  await stage.commit(run.committer, own.committables);
  await attempted(limit, 'a new epoch of a replaced run', async () => {
    const late = await prepareEpoch(stage, old, 3, itemsFrom(3 * EPOCH, 5));
    await stage.commit(old.committer, late.committables);
  });
  await stage.expectVisible(run.sink, items, 'after a replaced run had gone on');
}

async function fencedWrites<T>(stage: SinkStage<T>): Promise<void> {
  const { limit } = stage.settings;
  const items = itemsFrom(0, EPOCH);
  const old = await startWriter(stage, 1);
  await writeAll(stage, old.writer, items.slice(0, 60));
  await flush(stage, old, 1);
  const run = await startWriter(stage, 2);
  await writeAll(stage, run.writer, items.slice(60));
  await flush(stage, run, 2);
  // It goes on where it was, with values that have been replaced since.
  await attempted(limit, 'flush() of a replaced run', async () => {
    await writeAll(stage, old.writer, items.slice(60, 90));
    await old.writer.flush();
  });
  await stage.expectVisible(run.sink, items, 'after a replaced run had gone on writing');
}

export async function rescale<T>(stage: SinkStage<T>): Promise<void> {
  const committables = await preparedBySubtasks(stage, 1, 3, [itemsFrom(0, 40), itemsFrom(40, 40), itemsFrom(80, 40)]);
  const one = await startTransactional(stage, 2, committables);
  await stage.expectVisible(one.sink, itemsFrom(0, 120), 'after 3 subtasks had become 1');
  const { committables: single } = await prepareEpoch(stage, one, 2, itemsFrom(120, 30));
  const several = await startTransactional(stage, 3, stage.persisted(one.sink, single), { subtask: 0, parallelism: 2 });
  await stage.expectVisible(several.sink, itemsFrom(0, 150), 'after 1 subtask had become 2');
  await preparedBySubtasks(stage, 4, 3, [itemsFrom(150, 5), itemsFrom(155, 5), itemsFrom(160, 5)]);
  // None of those is in the checkpoint, and two of the subtasks are gone.
  const last = await startTransactional(stage, 5);
  await stage.expectVisible(last.sink, itemsFrom(0, 150), 'after a recovery without the orphans of vanished subtasks');
  const replayed = await prepareEpoch(stage, last, 3, itemsFrom(150, 15));
  await stage.commit(last.committer, replayed.committables);
  await stage.expectVisible(last.sink, itemsFrom(0, 165), 'after what vanished subtasks had prepared was replayed');
  await stage.expectNoLeftovers('after subtasks had vanished');
}

/** A start with several subtasks: all recover before any writes, then each prepares an epoch of its own. */
async function preparedBySubtasks<T>(
  stage: SinkStage<T>,
  epoch: number,
  parallelism: number,
  parts: readonly (readonly ConformanceItem[])[],
): Promise<unknown[]> {
  const sink = transactional(await stage.sink());
  for (const subtask of parts.keys()) await recovered(stage, sink, stage.context(epoch, { subtask, parallelism }), []);
  const committables: unknown[] = [];
  for (const [subtask, items] of parts.entries()) {
    const writer = await openTransactionalWriter(stage, sink, stage.context(epoch, { subtask, parallelism }));
    committables.push(...(await prepareEpoch(stage, { sink, writer }, 1, items)).committables);
  }
  return stage.persisted(sink, committables);
}
