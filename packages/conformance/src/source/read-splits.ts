import { setTimeout as sleep } from 'node:timers/promises';
import type { Source, SourceBatch, SourceReader, SourceSplit } from '@sluice/connector-sdk';
import type { ConformanceItem } from '../kit/item.js';
import { type Pulled, pulled, type SourceStage } from './source-stage.js';

/** What is done with each batch before the next one of its split is pulled. */
export type OnBatch<T, P> = (split: string, batch: Pulled<P>, raw: SourceBatch<T, P>) => Promise<void> | void;

/** A reading of all splits side by side, as the engine does it. */
export interface Reading<T, S, P> {
  readonly source: Source<T, S, P>;
  readonly reader: SourceReader<T, S, P>;
  readonly splits: readonly SourceSplit<S>[];
  /** Where to begin in each split; at its start where nothing is said. */
  readonly positions?: ReadonlyMap<string, P | undefined>;
  /** Elements after which an endless source is not read any longer. */
  readonly expected: number;
  readonly onBatch?: OnBatch<T, P> | undefined;
}

/** A started run of a source. */
export async function startReading<T, S, P>(
  stage: SourceStage<T, S, P>,
  epoch: number,
  instance: { readonly subtask?: number; readonly parallelism?: number } = {},
): Promise<Pick<Reading<T, S, P>, 'source' | 'reader' | 'splits'>> {
  const source = await stage.source();
  const splits = await stage.discover(source);
  const reader = await stage.open(source, stage.context(epoch, instance));
  return { source, reader, splits };
}

/**
 * The items of each split. A bounded source is read to its end; of an endless one as many elements as are expected, what comes within a
 * moment behind them, and no more when nothing comes for too long.
 */
export async function readSplits<T, S, P>(
  stage: SourceStage<T, S, P>,
  reading: Reading<T, S, P>,
): Promise<Map<string, ConformanceItem[]>> {
  const { splits, source, expected } = reading;
  const { limit, quiet } = stage.settings;
  const ending = new AbortController();
  const items = new Map<string, ConformanceItem[]>(splits.map(({ id }) => [id, []]));
  const total = (): number => [...items.values()].reduce((sum, list) => sum + list.length, 0);
  let failure: { readonly cause: unknown } | undefined;
  const reads = splits.map((split) =>
    readOne(stage, reading, split, ending.signal, items.get(split.id) ?? []).catch((cause: unknown) => {
      if (!ending.signal.aborted) failure ??= { cause };
    }),
  );
  const all = Promise.all(reads).then(() => true);
  for (let before = -1, since = Date.now(); ; ) {
    if (await Promise.race([all, sleep(10, false)])) break;
    if (failure !== undefined) break;
    const now = total();
    if (now !== before) since = Date.now();
    before = now;
    const quietFor = Date.now() - since;
    if (!source.bounded && now >= expected && quietFor > quiet) break;
    // What is missing then is told by whoever compares.
    if (quietFor > limit) break;
  }
  ending.abort(new Error('the splits are not read any more'));
  await stage.within('the end of a split that is not read any more', all);
  if (failure !== undefined) throw failure.cause;
  return items;
}

async function readOne<T, S, P>(
  stage: SourceStage<T, S, P>,
  { reader, positions, onBatch }: Reading<T, S, P>,
  split: SourceSplit<S>,
  ending: AbortSignal,
  items: ConformanceItem[],
): Promise<void> {
  const signal = AbortSignal.any([ending, stage.signal]);
  const iterator = reader.read(split, positions?.get(split.id), signal)[Symbol.asyncIterator]();
  const ended = new Promise<undefined>((resolve) =>
    ending.addEventListener('abort', () => resolve(undefined), { once: true }),
  );
  try {
    for (;;) {
      const next = iterator.next();
      next.catch(() => {});
      const result = await Promise.race([next, ended]);
      if (result === undefined || result.done === true) return;
      const batch = pulled(stage, result.value);
      items.push(...batch.items);
      await onBatch?.(split.id, batch, result.value);
      if (ending.aborted) return;
    }
  } finally {
    await Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

export function allItems(bySplit: ReadonlyMap<string, readonly ConformanceItem[]>): ConformanceItem[] {
  return [...bySplit.values()].flat();
}
