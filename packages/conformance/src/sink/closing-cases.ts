import type { SinkWriter, Transaction } from '@sluice/connector-sdk';
import { itemsFrom } from '../kit/item.js';
import { startTransactional, startWriter } from './sink-run.js';
import type { SinkStage } from './sink-stage.js';

export async function closesInTime<T>(stage: SinkStage<T>): Promise<void> {
  const sink = await stage.sink();
  // Fresh, with a little and with a lot that nobody waits for.
  for (const [index, size] of [0, 1, 2_000].entries()) {
    if (sink.guarantee === 'transactional') await closeTransactional(stage, index + 1, size);
    else await closeWriter(stage, index + 1, size);
  }
  const signal = AbortSignal.abort(new Error('the run is over'));
  const context = stage.context(9, {}, signal);
  const opening: Promise<{ close(): Promise<void> }> = sink.open(context);
  const late = await stage.within(
    'open() after the end of the run',
    opening.catch(() => undefined),
  );
  await stage.within('close() after the end of the run', late?.close());
}

async function closeWriter<T>(stage: SinkStage<T>, epoch: number, size: number): Promise<void> {
  const { writer } = await startWriter(stage, epoch);
  scatter(stage, writer, size);
  await closeTwice(stage, writer, `behind ${size} elements that were not flushed`);
}

async function closeTransactional<T>(stage: SinkStage<T>, epoch: number, size: number): Promise<void> {
  const { writer, committer } = await startTransactional(stage, epoch);
  const transaction: Transaction<T, unknown> = writer.begin();
  scatter(stage, transaction, size);
  await stage.within(`abort() behind ${size} elements`, transaction.abort());
  await closeTwice(stage, writer, `of the writer, behind ${size} elements`);
  await closeTwice(stage, committer, 'of the committer');
}

/** In one go, as fast as they come: what the writer answers is not waited for. */
function scatter<T>(stage: SinkStage<T>, target: Pick<SinkWriter<T>, 'write'>, size: number): void {
  for (const item of itemsFrom(0, size)) target.write(stage.element(item), item.id)?.catch(() => {});
}

async function closeTwice<T>(stage: SinkStage<T>, opened: { close(): Promise<void> }, which: string): Promise<void> {
  await stage.within(`close() ${which}`, opened.close());
  await stage.within(`close() ${which}, for a second time`, opened.close());
}
