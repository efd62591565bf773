import type { Codec } from './codec.js';
import type { PluginContext } from './context.js';
import { definedPlugin } from './definition.js';

/**
 * Where elements come from: splits (files, partitions, shards), each of which is read in order from a position.
 *
 * The engine owns positions, pace and threads; a source only reads. Make one with `defineSource`.
 */
export interface Source<T, Split = unknown, Position = unknown> {
  readonly specVersion: 1;
  /** For names, logs and errors. */
  readonly name: string;
  /** True: its splits end, and the job with them. */
  readonly bounded: boolean;
  /** False: positions are not honoured, and a job that asks for exactly-once refuses to start. */
  readonly replayable: boolean;
  /** The splits there are now. Called at start and at every discovery interval; ids already known are ignored. */
  discover(signal: AbortSignal): Promise<readonly SourceSplit<Split>[]>;
  open(context: PluginContext): Promise<SourceReader<T, Split, Position>>;
  /** Optional power: every side-output target that its batches may hold values for, so that the job knows them before it reads. */
  readonly sideOutputs?: readonly object[] | undefined;
  /** How splits are kept in a checkpoint. `structuredCodec` when left out. */
  readonly splitCodec?: Codec<Split>;
  /** How positions are kept in a checkpoint. `structuredCodec` when left out. */
  readonly positionCodec?: Codec<Position>;
}

/** One part of a source that is read in order. */
export interface SourceSplit<Split> {
  /** Stable over restarts: the checkpointed position is found by it. */
  readonly id: string;
  readonly split: Split;
}

/** An opened source. One reader reads all splits that its subtask was given, each by a call of `read`. */
export interface SourceReader<T, Split, Position> {
  /**
   * The batches of one split, in order, from `position` (the exclusive end of what was read; undefined = from the start).
   *
   * The engine pulls: not calling `next()` is backpressure, alignment and pause; `return()` is revoke, and `signal` is aborted before
   * it. There is no `snapshot()`: the engine asks the batch it is in (`positionAfter`), so a reader cannot get it wrong.
   */
  read(
    split: SourceSplit<Split>,
    position: Position | undefined,
    signal: AbortSignal,
  ): AsyncIterable<SourceBatch<T, Position>>;
  /** Optional power: the positions of a completed checkpoint by split id, to publish (Kafka commits its group offsets here). May be late, repeated or skipped. */
  checkpointComplete?(checkpoint: number, positions: ReadonlyMap<string, Position>): Promise<void>;
  close(): Promise<void>;
}

/**
 * What one pull gives: values side by side with their timestamps. The engine reads it until it pulls again; it must not change until
 * then. It may hold no values at all, to move the position on over input that gave none.
 */
export interface SourceBatch<T, Position> {
  readonly values: ArrayLike<T>;
  /** Epoch milliseconds beside each value; absent = the source has no time of its own. */
  readonly timestamps?: ArrayLike<number> | undefined;
  /**
   * Optional power of a bounded source: which fraction of its split, 0 to 1, has been read once this batch has been. The job's `progress`
   * events average it over the splits; absent = not known.
   */
  readonly progress?: number | undefined;
  /**
   * Optional power: the split is known to hold more right behind this batch, since a log's end is further on. The engine then waits for
   * it before it gives out elements that are further ahead in event time; otherwise the splits of a backlog would drift apart. A split
   * that turns out to be cut off gives an empty batch with `hasMore: false`, so that the others go on. Left out, it is true for what is
   * bounded and replayable.
   */
  readonly hasMore?: boolean | undefined;
  /**
   * Optional power: values for side outputs, such as lines that could not be decoded, ascending by `before`. They are delivered in
   * order with the values and replayed with the position; they have no timestamp.
   */
  readonly sideOutputs?: readonly SourceSideOutput[] | undefined;
  /**
   * The position to resume at once `values[index]` has been emitted, and with it the side outputs whose `before` is at most `index`.
   * For the last index, and for −1 of a batch with `sideOutputs` and no values, it is the end of the batch: trailing side outputs and whatever was
   * skipped behind the last value included. Asked at most once per checkpoint.
   * The classic mistake: the position *of* the value, which repeats it after a restore.
   */
  positionAfter(index: number): Position;
}

/** A value of a source for a side output. It and the value behind it are one step: no barrier passes between them. */
export interface SourceSideOutput {
  /** The target that `sideOutput(...)` of the engine made; when the job does not consume it, the value is dropped. */
  readonly target: object;
  readonly value: unknown;
  /** Emitted just before `values[before]`; the number of values = after the last one, in one step with it. */
  readonly before: number;
}

/**
 * Identity; gives contextual types (Split from `discover`, Position from `positionCodec` or from the `position` parameter) and checks at
 * once. Sets `specVersion`.
 *
 * @throws SLUICE_SOURCE_DEFINITION when something required is missing.
 *
 * @example
 * const countdown = defineSource({
 *   name: 'countdown',
 *   bounded: true,
 *   replayable: true,
 *   discover: async () => [{ id: 'all', split: { from: 3 } }],
 *   open: async () => ({
 *     async *read({ split }, position: number | undefined) {
 *       for (let n = position ?? split.from; n > 0; n--) yield { values: [n], positionAfter: () => n - 1 };
 *     },
 *     close: async () => {},
 *   }),
 * });
 */
export function defineSource<T, Split, Position>(
  source: Omit<Source<T, Split, Position>, 'specVersion'>,
): Source<T, Split, Position> {
  return definedPlugin<Source<T, Split, Position>>(source, {
    code: 'SLUICE_SOURCE_DEFINITION',
    component: 'defineSource',
    methods: ['discover', 'open'],
    flags: ['bounded', 'replayable'],
    optionalCodecs: ['splitCodec', 'positionCodec'],
  });
}
