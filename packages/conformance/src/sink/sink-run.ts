import type {
  Committer,
  Sink,
  SinkContext,
  SinkWriter,
  Transaction,
  TransactionalSink,
  TransactionalWriter,
} from '@sluice/connector-sdk';
import type { ConformanceItem } from '../kit/item.js';
import { violated } from '../kit/violation.js';
import type { Instance, SinkStage } from './sink-stage.js';

/** A started run of a transactional sink. */
export interface TransactionalRun<T> {
  readonly sink: TransactionalSink<T>;
  readonly writer: TransactionalWriter<T, unknown>;
  readonly committer: Committer<unknown>;
}

/** A started run of another sink. */
export interface WriterRun<T> {
  readonly sink: Exclude<Sink<T>, TransactionalSink<T>>;
  readonly writer: SinkWriter<T>;
}

export function transactional<T>(sink: Sink<T>): TransactionalSink<T> {
  if (sink.guarantee === 'transactional') return sink;
  return violated(`the sink is ${sink.guarantee}`);
}

/** As the engine starts one: recover, commit what was restored, and only then open the writer. */
export async function startTransactional<T>(
  stage: SinkStage<T>,
  epoch: number,
  restored: readonly unknown[] = [],
  instance: Instance = {},
): Promise<TransactionalRun<T>> {
  const sink = transactional(await stage.sink());
  const context = stage.context(epoch, instance);
  const committer = await recovered(stage, sink, context, restored);
  await stage.commit(committer, restored);
  const writer = await openTransactionalWriter(stage, sink, context);
  return { sink, writer, committer };
}

export async function recovered<T>(
  stage: SinkStage<T>,
  sink: TransactionalSink<T>,
  context: SinkContext<T>,
  restored: readonly unknown[],
): Promise<Committer<unknown>> {
  await stage.check(sink);
  const committer = stage.keep(await stage.within('openCommitter()', sink.openCommitter(context)));
  await stage.within('recover()', committer.recover(restored));
  return committer;
}

export async function openTransactionalWriter<T>(
  stage: SinkStage<T>,
  sink: TransactionalSink<T>,
  context: SinkContext<T>,
): Promise<TransactionalWriter<T, unknown>> {
  return stage.keep(await stage.within('open()', sink.open(context)));
}

export async function startWriter<T>(stage: SinkStage<T>, epoch: number): Promise<WriterRun<T>> {
  const sink = await stage.sink();
  if (sink.guarantee === 'transactional') return violated('the sink is transactional');
  await stage.check(sink);
  const writer = stage.keep(await stage.within('open()', sink.open(stage.context(epoch))));
  return { sink, writer };
}

/** Writes, and waits where the writer says that it is full. */
export async function writeAll<T>(
  stage: SinkStage<T>,
  target: Pick<SinkWriter<T>, 'write'>,
  items: readonly ConformanceItem[],
): Promise<void> {
  for (const item of items) {
    const full = target.write(stage.element(item), item.id);
    if (full !== undefined) await stage.within('the promise of write()', full);
  }
}

/** A barrier of a sink without transactions, and its complete checkpoint. */
export async function flush<T>(stage: SinkStage<T>, { sink, writer }: WriterRun<T>, checkpoint: number): Promise<void> {
  await stage.within('flush()', writer.flush());
  await stage.remember(sink, writer, checkpoint);
}

/** The barrier behind an epoch. A sink that keeps something open over checkpoints is told to close it, so that there is something to look at. */
export function prepare<T>(
  stage: SinkStage<T>,
  { writer }: Pick<TransactionalRun<T>, 'writer'>,
  transaction: Transaction<T, unknown>,
  checkpoint: number,
): Promise<readonly unknown[]> {
  return stage.within('prepare()', transaction.prepare(checkpoint, writer.everyEpoch === true));
}

/** One epoch: written and prepared. */
export async function prepareEpoch<T>(
  stage: SinkStage<T>,
  { sink, writer }: Pick<TransactionalRun<T>, 'sink' | 'writer'>,
  checkpoint: number,
  items: readonly ConformanceItem[],
): Promise<{ readonly transaction: Transaction<T, unknown>; readonly committables: readonly unknown[] }> {
  const transaction = writer.begin();
  await writeAll(stage, transaction, items);
  const committables = await prepare(stage, { writer }, transaction, checkpoint);
  await stage.remember(sink, writer, checkpoint);
  return { transaction, committables };
}
