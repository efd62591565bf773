import { randomUUID } from 'node:crypto';
import {
  type PluginContext,
  type Source,
  type SourceBatch,
  type SourceReader,
  type SourceSplit,
  structuredCodec,
} from '@sluice/connector-sdk';
import type { ConformanceItem } from '../kit/item.js';
import type { ConformancePlace } from '../kit/place.js';
import { conformanceContext, Spoken } from '../kit/plugin-context.js';
import type { Settings } from '../kit/settings.js';
import { within } from '../kit/within.js';
import type { SourceConformanceOptions } from './source-options.js';

/** What the cases of a source work with: one source at one place, driven by hand. */
export class SourceStage<T, S, P> {
  readonly spoken = new Spoken();
  readonly #incarnation = randomUUID();
  readonly #ending = new AbortController();
  readonly #opened: { close(): Promise<void> }[] = [];

  constructor(
    readonly options: SourceConformanceOptions<T, S, P>,
    readonly place: ConformancePlace,
    readonly settings: Settings,
  ) {}

  /** Ends everything that waits. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  source(): Promise<Source<T, S, P>> {
    return this.within('create()', this.options.create(this.place));
  }

  append(items: readonly ConformanceItem[]): Promise<void> {
    return this.within('append()', this.options.append(this.place, items));
  }

  item(element: T): ConformanceItem {
    return this.options.item === undefined ? (element as unknown as ConformanceItem) : this.options.item(element);
  }

  context(
    epoch: number,
    instance: { readonly subtask?: number; readonly parallelism?: number } = {},
    signal = this.signal,
  ): PluginContext {
    const identity = { job: `job-${this.place.id}`, uid: 'source', epoch, incarnation: this.#incarnation, signal };
    return conformanceContext(identity, this.spoken, instance);
  }

  discover(source: Source<T, S, P>): Promise<readonly SourceSplit<S>[]> {
    return this.within('discover()', source.discover(this.signal));
  }

  async open(source: Source<T, S, P>, context: PluginContext): Promise<SourceReader<T, S, P>> {
    const reader = await this.within('open()', source.open(context));
    this.#opened.push(reader);
    return reader;
  }

  within<R>(what: string, work: Promise<R> | R): Promise<R> {
    return within(this.settings.limit, what, work);
  }

  /** What comes back out of a checkpoint. */
  persisted(source: Source<T, S, P>, position: P): P {
    const { positionCodec: codec = structuredCodec<P>() } = source;
    return codec.decode(codec.version, codec.encode(position));
  }

  async end(): Promise<void> {
    this.#ending.abort(new Error('the case is over'));
    await Promise.allSettled(this.#opened.map((reader) => within(this.settings.limit, 'close()', reader.close())));
  }
}

/** A batch as it was when it was pulled. */
export interface Pulled<P> {
  readonly items: readonly ConformanceItem[];
  readonly sideOutputs: number;
  positionAfter(index: number): P;
}

export function pulled<T, S, P>(stage: SourceStage<T, S, P>, batch: SourceBatch<T, P>): Pulled<P> {
  const items = Array.from({ length: batch.values.length }, (_, index) => stage.item(batch.values[index] as T));
  return {
    // Kept by value: the source may use its objects again once it is pulled.
    items: items.map(({ id, key, text }) => ({ id, key, text })),
    sideOutputs: batch.sideOutputs?.length ?? 0,
    positionAfter: (index) => batch.positionAfter(index),
  };
}
