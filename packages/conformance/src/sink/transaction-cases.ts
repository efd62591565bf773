import { strangers } from '../kit/compare.js';
import { itemsFrom } from '../kit/item.js';
import { noneOf, violated } from '../kit/violation.js';
import { prepare, prepareEpoch, recovered, startTransactional, transactional, writeAll } from './sink-run.js';
import type { SinkStage } from './sink-stage.js';

/** Enough that several batches go out before the barrier. */
const EPOCH = 260;

export async function nothingVisibleBeforeCommit<T>(stage: SinkStage<T>): Promise<void> {
  const run = await startTransactional(stage, 1);
  const items = itemsFrom(0, EPOCH);
  const transaction = run.writer.begin();
  await writeAll(stage, transaction, items);
  noneOf(strangers([], await stage.visible()).map((problem) => `${problem}, when it had only been written`));
  const committables = await prepare(stage, run, transaction, 1);
  noneOf(strangers([], await stage.visible()).map((problem) => `${problem}, when it had only been prepared`));
  await stage.commit(run.committer, committables);
  await stage.expectVisible(run.sink, items, 'after the commit');
}

export async function everyCommittableCounts<T>(stage: SinkStage<T>): Promise<void> {
  const run = await startTransactional(stage, 1);
  const first = await prepareEpoch(stage, run, 1, itemsFrom(0, EPOCH));
  const second = await prepareEpoch(stage, run, 2, itemsFrom(EPOCH, 3));
  const restored = stage.persisted(run.sink, [...first.committables, ...second.committables]);
  // Nothing of the first run is used any more: it might as well be gone.
  await startTransactional(stage, 2, restored);
  await stage.expectVisible(run.sink, itemsFrom(0, EPOCH + 3), 'after another process had committed both epochs');
  await stage.expectNoLeftovers('after everything was committed');
}

export async function committableCodec<T>(stage: SinkStage<T>): Promise<void> {
  const run = await startTransactional(stage, 1);
  const { committables } = await prepareEpoch(stage, run, 1, itemsFrom(0, 20));
  const { committableCodec: codec } = run.sink;
  for (const committable of committables) {
    const bytes = codec.encode(committable);
    const again = codec.encode(codec.decode(codec.version, bytes));
    if (Buffer.compare(bytes, again) !== 0) violated('a committable that is decoded and encoded again has other bytes');
    refusesNewer(codec, bytes);
  }
  await stage.commit(run.committer, stage.persisted(run.sink, committables));
}

function refusesNewer(
  codec: { readonly version: number; decode(version: number, bytes: Uint8Array): unknown },
  bytes: Uint8Array,
): void {
  try {
    codec.decode(codec.version + 1, bytes);
  } catch {
    return;
  }
  violated(`decode() takes version ${codec.version + 1}, and only ${codec.version} is known`);
}

export async function commitIsIdempotent<T>(stage: SinkStage<T>): Promise<void> {
  const run = await startTransactional(stage, 1);
  const items = itemsFrom(0, EPOCH);
  const { committables } = await prepareEpoch(stage, run, 1, items);
  const persisted = stage.persisted(run.sink, committables);
  await stage.commit(run.committer, persisted);
  await stage.commit(run.committer, persisted);
  await stage.expectVisible(run.sink, items, 'after two commits of the same committables');
  await startTransactional(stage, 2, persisted);
  await stage.expectVisible(run.sink, items, 'after another run had committed them again');
}

export async function epochsDoNotMix<T>(stage: SinkStage<T>): Promise<void> {
  const run = await startTransactional(stage, 1);
  const first = run.writer.begin();
  await writeAll(stage, first, itemsFrom(0, 50));
  const preparing = prepare(stage, run, first, 1);
  const second = run.writer.begin();
  const writing = writeAll(stage, second, itemsFrom(50, 50));
  const committables = await preparing;
  await writing;
  await stage.commit(run.committer, committables);
  await stage.expectVisible(run.sink, itemsFrom(0, 50), 'while the next epoch was being written');
  const next = await prepare(stage, run, second, 2);
  await stage.commit(run.committer, next);
  await stage.expectVisible(run.sink, itemsFrom(0, 100), 'after both epochs were committed');
}

export async function abortLeavesNothing<T>(stage: SinkStage<T>): Promise<void> {
  const run = await startTransactional(stage, 1);
  const fresh = run.writer.begin();
  await stage.within('abort() before the first write', fresh.abort());
  const hasty = run.writer.begin();
  hasty.write(stage.element(itemsFrom(0, 1)[0] as never), 0)?.catch(() => {});
  await stage.within('abort() right behind a write', hasty.abort());
  const written = run.writer.begin();
  await writeAll(stage, written, itemsFrom(0, EPOCH));
  await stage.within('abort() of a written epoch', written.abort());
  const preparing = run.writer.begin();
  await writeAll(stage, preparing, itemsFrom(0, EPOCH));
  const prepared = prepare(stage, run, preparing, 1);
  prepared.catch(() => {});
  await stage.within('abort() during prepare()', preparing.abort());
  await stage.within(
    'prepare() that was aborted',
    prepared.catch(() => {}),
  );
  noneOf(strangers([], await stage.visible()).map((problem) => `${problem}, of an aborted transaction`));
  await stage.expectNoLeftovers('of an aborted transaction');
  // The same elements come again after the restart: nothing may be in their way.
  const again = await startTransactional(stage, 2);
  const { committables } = await prepareEpoch(stage, again, 2, itemsFrom(0, EPOCH));
  await stage.commit(again.committer, committables);
  await stage.expectVisible(run.sink, itemsFrom(0, EPOCH), 'after the replay of what was aborted');
  await stage.expectNoLeftovers('after an abort and a restart');
}

export async function recoverRollsBackTheRest<T>(stage: SinkStage<T>): Promise<void> {
  const old = await startTransactional(stage, 1);
  const kept = await prepareEpoch(stage, old, 1, itemsFrom(0, 40));
  await prepareEpoch(stage, old, 2, itemsFrom(40, 40));
  const run = await startTransactional(stage, 2, stage.persisted(old.sink, kept.committables));
  await stage.expectVisible(run.sink, itemsFrom(0, 40), 'after a recovery that restored the first epoch only');
  const replayed = await prepareEpoch(stage, run, 2, itemsFrom(40, 40));
  await stage.commit(run.committer, replayed.committables);
  await stage.expectVisible(run.sink, itemsFrom(0, 80), 'after the second epoch was replayed');
  await stage.expectNoLeftovers('after a recovery');
}

export async function leavesNoTransactions<T>(stage: SinkStage<T>): Promise<void> {
  const old = await startTransactional(stage, 1);
  await prepareEpoch(stage, old, 1, itemsFrom(0, 40));
  await writeAll(stage, old.writer.begin(), itemsFrom(40, 40));
  const run = await startTransactional(stage, 2);
  await stage.expectNoLeftovers('of an earlier run');
  const { committables } = await prepareEpoch(stage, run, 1, itemsFrom(0, 80));
  await stage.commit(run.committer, committables);
  await stage.expectVisible(run.sink, itemsFrom(0, 80), 'after the replay');
  await stage.expectNoLeftovers('after the commit');
}

export async function recoverIsRepeatable<T>(stage: SinkStage<T>): Promise<void> {
  const old = await startTransactional(stage, 1);
  const { committables } = await prepareEpoch(stage, old, 1, itemsFrom(0, EPOCH));
  const restored = stage.persisted(old.sink, committables);
  const sink = transactional(await stage.sink());
  // A start that dies behind its recovery, and one that dies behind its commits.
  await recovered(stage, sink, stage.context(2), restored);
  await startTransactional(stage, 3, restored);
  const run = await startTransactional(stage, 4, restored);
  await stage.expectVisible(run.sink, itemsFrom(0, EPOCH), 'after three recoveries of the same committables');
  const next = await prepareEpoch(stage, run, 2, itemsFrom(EPOCH, 10));
  await stage.commit(run.committer, next.committables);
  await stage.expectVisible(run.sink, itemsFrom(0, EPOCH + 10), 'after the run had gone on');
}
