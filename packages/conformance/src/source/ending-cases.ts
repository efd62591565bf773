import { itemsFrom } from '../kit/item.js';
import { violated } from '../kit/violation.js';
import { startReading } from './read-splits.js';
import type { SourceStage } from './source-stage.js';

export async function letsGo<T, S, P>(stage: SourceStage<T, S, P>): Promise<void> {
  await stage.append(itemsFrom(0, 60));
  const { source, reader, splits } = await startReading(stage, 1);
  const stop = new AbortController();
  const reads = splits.map((split) =>
    reader.read(split, undefined, AbortSignal.any([stop.signal, stage.signal]))[Symbol.asyncIterator](),
  );
  const waiting = reads.map(async (iterator) => {
    // Beyond what there is, an endless split waits.
    for (let pulls = 0; pulls < 1_000; pulls++) if ((await iterator.next()).done === true) return;
    violated('a split goes on and on although nothing was put there');
  });
  for (const wait of waiting) wait.catch(() => {});
  if (source.bounded) await stage.within('the end of all splits', Promise.all(waiting));
  else await new Promise((resolve) => setTimeout(resolve, 300));
  stop.abort(new Error('revoked'));
  await stage.within('next() of a revoked split', Promise.allSettled(waiting));
  await stage.within('return() of a revoked split', Promise.allSettled(reads.map((iterator) => iterator.return?.())));
  await returnsInTheMiddle(stage, { source, reader, splits });
}

async function returnsInTheMiddle<T, S, P>(
  stage: SourceStage<T, S, P>,
  { reader, splits }: Pick<Awaited<ReturnType<typeof startReading<T, S, P>>>, 'source' | 'reader' | 'splits'>,
): Promise<void> {
  for (const split of splits) {
    const stop = new AbortController();
    const iterator = reader
      .read(split, undefined, AbortSignal.any([stop.signal, stage.signal]))
      [Symbol.asyncIterator]();
    const first = iterator.next();
    await Promise.race([first.catch(() => {}), new Promise((resolve) => setTimeout(resolve, 300))]);
    stop.abort(new Error('revoked'));
    await stage.within(
      'return() in the middle of a split',
      Promise.resolve(iterator.return?.()).catch(() => {}),
    );
  }
}

export async function closesInTime<T, S, P>(stage: SourceStage<T, S, P>): Promise<void> {
  await stage.append(itemsFrom(0, 60));
  const fresh = await startReading(stage, 1);
  await closeTwice(stage, fresh.reader, 'of a fresh reader');
  const used = await startReading(stage, 2);
  const reads = used.splits.map((split) => used.reader.read(split, undefined, stage.signal)[Symbol.asyncIterator]());
  const pulls = reads.map((iterator) => iterator.next());
  for (const pull of pulls) pull.catch(() => {});
  await Promise.race([Promise.allSettled(pulls), new Promise((resolve) => setTimeout(resolve, 300))]);
  await closeTwice(stage, used.reader, 'in the middle of a batch');
  const source = await stage.source();
  const over = AbortSignal.abort(new Error('the run is over'));
  const late = await stage.within(
    'open() after the end of the run',
    source.open(stage.context(3, {}, over)).catch(() => undefined),
  );
  await stage.within('close() after the end of the run', late?.close());
}

async function closeTwice(
  stage: { within<R>(what: string, work: Promise<R>): Promise<R> },
  reader: { close(): Promise<void> },
  which: string,
): Promise<void> {
  await stage.within(`close() ${which}`, reader.close());
  await stage.within(`close() ${which}, for a second time`, reader.close());
}
