import { join } from 'node:path';
import type { Source } from '@sluice/connector-sdk';
import { createJob, fileCheckpoints, fixedDelay, fromSource, type Job, to } from '@sluice/core';
import { Collection } from '../collect/collecting-sink.js';
import type { FaultLine } from '../crash/fault-line.js';
import { tapSink } from '../crash/sink-tap.js';
import { tapSource } from '../crash/source-tap.js';
import { tapStorage } from '../crash/storage-tap.js';
import type { ConformanceItem } from '../kit/item.js';
import type { ConformancePlace } from '../kit/place.js';

/** A job from the source under test into the kit's own collection. */
export interface SourceJob<T> {
  readonly place: ConformancePlace;
  readonly source: Source<T>;
  readonly line: FaultLine;
  readonly stop: AbortSignal;
  readonly restarts: number;
  /** Items of the whole input. */
  readonly count: number;
  /** ms without a new item after which an endless job is stopped although items are missing. */
  readonly patience: number;
  /** How long an endless job that has everything goes on, in ms: what comes then is too much. */
  readonly quiet: number;
  item(element: T): ConformanceItem;
  /** So many items have been committed. */
  onCollected?(count: number): void;
}

const PACE = { batch: 5, ahead: 30 };

export function collectionAt(place: ConformancePlace): Collection {
  return new Collection(join(place.folder, 'collection'));
}

/** Runs it to the end of its input, or until everything has been collected. */
export async function runSourceJob<T>(parts: SourceJob<T>): Promise<void> {
  const { place, source, line, stop } = parts;
  const collection = collectionAt(place);
  const watch = new EndlessWatch(parts, collection);
  const tapped = tapSource(source, line, { ...PACE, onAcknowledged: async () => watch.look() });
  const storage = tapStorage(fileCheckpoints(join(place.folder, 'checkpoints')), line, () => {});
  const sink = tapSink(
    collection.sink((element: T) => parts.item(element)),
    line,
  );
  const job = createJob(`job-${place.id}`, fromSource(tapped).pipe(to(sink, { uid: 'collection' })), {
    guarantee: 'exactly-once',
    checkpoints: { interval: 5, storage },
    restart: fixedDelay({ attempts: parts.restarts, delay: 100 }),
  });
  const end = watch.start(job);
  try {
    await job.run({ signal: stop });
  } finally {
    end();
  }
}

/** An endless job has no end of its own: it is stopped behind the last item. */
class EndlessWatch<T> {
  #collected = 0;
  #since = 0;

  constructor(
    private readonly parts: SourceJob<T>,
    private readonly collection: Collection,
  ) {}

  look(): void {
    const length = new Set(this.collection.items().map(({ id }) => id)).size;
    if (length !== this.#collected) this.#since = Date.now();
    this.#collected = length;
    this.parts.onCollected?.(length);
  }

  start(job: Job): () => void {
    if (this.parts.source.bounded) return () => {};
    this.look();
    this.#since = Date.now();
    const timer = setInterval(() => {
      const still = Date.now() - this.#since;
      const { count, quiet, patience } = this.parts;
      if (still < (this.#collected >= count ? quiet : patience)) return;
      clearInterval(timer);
      job.stop().catch(() => {});
    }, 20);
    return () => clearInterval(timer);
  }
}
