import type { FetchedPartition } from '../client/kafka-log.js';
import type { FetchedRecord } from '../client/record.js';
import { type KafkaSplit, splitId } from './split.js';

/** Some records of a partition, in order, to make one batch of. */
export interface Portion {
  readonly records: readonly FetchedRecord[];
  /** Where to go on behind them, and behind what was skipped. */
  readonly nextOffset: bigint;
  /** The log goes on behind `nextOffset`. */
  readonly hasMore: boolean;
}

/** How much is held ready. */
export interface ChannelLimits {
  readonly bytes: number;
  readonly records: number;
}

/** About as much as can be decoded without keeping others waiting. */
const PORTION_RECORDS = 1_000;

interface Chunk {
  readonly records: readonly FetchedRecord[];
  readonly nextOffset: bigint;
  readonly bytes: number;
}

/**
 * What has been fetched of one partition and waits to be taken, bounded.
 *
 * Two offsets move through a partition: `offset`, the next one to fetch, and `taken`, the end of what the engine has got. When the
 * partition is taken away, what lies between is dropped, and read again from `taken` when it comes back.
 */
export class PartitionChannel {
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  /** The next offset to fetch. */
  offset: bigint;
  /** The end of what has been taken. */
  taken: bigint;
  /** The end of what can be read, when last heard of. −1: not yet. */
  end = -1n;
  /** The group gives it to this member, or has not said yet. */
  owned = true;
  /** Goes up when it is taken away: answers to earlier requests are stale. */
  generation = 0;
  /** To be fetched alone, to see whether an empty answer or a failure is its own. */
  solo = false;
  /** Since when requests for it have failed, epoch milliseconds. */
  failingSince: number | undefined;
  readonly #until: bigint | undefined;
  readonly #limits: ChannelLimits;
  readonly #changed: () => void;
  readonly #chunks: Chunk[] = [];
  #index = 0;
  #bytes = 0;
  #records = 0;
  #failure: unknown;
  #failed = false;
  #cutOff = false;
  /** The engine has been told whether there is more; until then it takes a bounded split for a backlog. */
  #heard = false;
  #wake: () => void = () => {};

  /**
   * @param until Where it ends, exclusive; undefined: it does not.
   * @param changed Called when it may want more.
   */
  constructor(
    { topic, partition }: Pick<KafkaSplit, 'topic' | 'partition'>,
    position: bigint,
    until: bigint | undefined,
    limits: ChannelLimits,
    changed: () => void,
  ) {
    this.id = splitId(topic, partition);
    this.topic = topic;
    this.partition = partition;
    this.offset = position;
    this.taken = position;
    this.#until = until;
    this.#limits = limits;
    this.#changed = changed;
  }

  /** More of it is to be fetched. */
  get wanted(): boolean {
    const { bytes, records } = this.#limits;
    return this.owned && !this.#failed && !this.#complete && this.#bytes < bytes && this.#records < records;
  }

  /** The log goes on behind what has been fetched, as far as is known. */
  get behind(): boolean {
    return this.owned && !this.#complete && (this.end < 0n || this.offset < this.end);
  }

  /** Records of the log that have not been taken yet. */
  get lag(): number {
    return this.end > this.taken ? Number(this.end - this.taken) : 0;
  }

  /** Takes the answer to a request that was made at `generation`. */
  accept(generation: number, { offset, records, nextOffset, bytes, end }: FetchedPartition): void {
    this.failingSince = undefined;
    if (end > this.end) this.end = end;
    if (generation !== this.generation || offset !== this.offset) return;
    if (nextOffset <= offset) {
      if (!this.#heard && !this.behind) this.cutOff();
      return;
    }
    const until = this.#until;
    if (until === undefined || nextOffset <= until) this.#push({ records, nextOffset, bytes });
    else this.#push({ records: records.filter((record) => record.offset < until), nextOffset: until, bytes });
  }

  /** Goes over offsets that are known to hold nothing. */
  skipTo(generation: number, offset: bigint): void {
    if (generation !== this.generation || offset <= this.offset) return;
    const until = this.#until;
    this.#push({ records: [], nextOffset: until !== undefined && until < offset ? until : offset, bytes: 0 });
  }

  /** The group gave the partition to somebody else. */
  revoke(): void {
    this.owned = false;
    this.generation++;
    this.#chunks.length = 0;
    this.#index = 0;
    this.#bytes = 0;
    this.#records = 0;
    this.offset = this.taken;
    this.cutOff();
  }

  /** The group gave it back. */
  give(): void {
    this.owned = true;
    this.#changed();
  }

  /** Nothing will come for a while, whatever was said about more. */
  cutOff(): void {
    this.#cutOff = true;
    this.#wake();
  }

  /** Ends it, behind what has been fetched. */
  fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#failure = error;
    this.#wake();
  }

  /** Whoever waits for records looks at its signal. */
  readonly wake = (): void => this.#wake();

  /** The next records; waits for them, until `wake` tells of an abort. Undefined: the end. */
  async next(signal: AbortSignal): Promise<Portion | undefined> {
    for (;;) {
      signal.throwIfAborted();
      const portion = this.#take();
      if (portion !== undefined) return portion;
      if (this.#failed) throw this.#failure;
      if (this.#complete) return undefined;
      if (this.#cutOff) {
        this.#cutOff = false;
        this.#heard = true;
        return { records: [], nextOffset: this.taken, hasMore: false };
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  get #complete(): boolean {
    return this.#until !== undefined && this.offset >= this.#until;
  }

  #push(chunk: Chunk): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.bytes;
    this.#records += chunk.records.length;
    this.offset = chunk.nextOffset;
    this.#cutOff = false;
    this.#wake();
  }

  #take(): Portion | undefined {
    const chunk = this.#chunks[0];
    if (chunk === undefined) return undefined;
    const { records } = chunk;
    const from = this.#index;
    const to = Math.min(records.length, from + PORTION_RECORDS);
    const last = to === records.length;
    const whole = last && from === 0;
    const portion = whole ? records : records.slice(from, to);
    const nextOffset = last ? chunk.nextOffset : (records[to - 1]?.offset ?? 0n) + 1n;
    this.#records -= portion.length;
    this.#index = last ? 0 : to;
    if (last) {
      this.#chunks.shift();
      this.#bytes -= chunk.bytes;
      this.#changed();
    }
    this.taken = nextOffset;
    this.#heard = true;
    const until = this.#until;
    return {
      records: portion,
      nextOffset,
      hasMore: nextOffset < this.end && (until === undefined || nextOffset < until),
    };
  }
}
