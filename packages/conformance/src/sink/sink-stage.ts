import { randomUUID } from 'node:crypto';
import {
  type CommitResult,
  type Committer,
  milliseconds,
  type Sink,
  type SinkContext,
  type SupportsWriterState,
  structuredCodec,
  type TransactionalSink,
} from '@sluice/connector-sdk';
import { type Agreement, disagreements } from '../kit/compare.js';
import type { ConformanceItem } from '../kit/item.js';
import type { ConformancePlace } from '../kit/place.js';
import { conformanceContext, Spoken } from '../kit/plugin-context.js';
import type { Settings } from '../kit/settings.js';
import { noneOf, violated } from '../kit/violation.js';
import { within } from '../kit/within.js';
import type { SinkConformanceOptions } from './sink-options.js';

/** One of the parallel instances of a sink. */
export interface Instance {
  readonly subtask?: number;
  readonly parallelism?: number;
}

/** An opened thing that is closed when the case ends, whatever happens in it. */
interface Closable {
  close(): Promise<void>;
}

/** What the cases of a sink work with: one sink at one place, driven by hand. */
export class SinkStage<T> {
  readonly spoken = new Spoken();
  readonly rejected: { readonly value: T; readonly cause: unknown }[] = [];
  readonly #incarnation = randomUUID();
  readonly #ending = new AbortController();
  readonly #opened: Closable[] = [];
  #writerState: readonly unknown[] = [];
  #checked = false;

  constructor(
    readonly options: SinkConformanceOptions<T>,
    readonly place: ConformancePlace,
    readonly settings: Settings,
  ) {}

  sink(): Promise<Sink<T>> {
    return this.within('create()', this.options.create(this.place));
  }

  /** Before the first start, as the engine does it: a sink may make what it needs there. */
  async check(sink: Sink<T>): Promise<void> {
    if (this.#checked) return;
    this.#checked = true;
    await this.within('check()', sink.check?.(this.context(1)));
  }

  element(item: ConformanceItem): T {
    return this.options.element === undefined ? (item as T) : this.options.element(item);
  }

  context(epoch: number, instance: Instance = {}, signal: AbortSignal = this.#ending.signal): SinkContext<T> {
    const identity = { job: `job ${this.place.id}`, uid: 'sink', epoch, incarnation: this.#incarnation, signal };
    return {
      ...conformanceContext(identity, this.spoken, instance),
      reject: (value, cause) => void this.rejected.push({ value, cause }),
      restoredState: this.#writerState,
      requestCheckpoint: () => {},
    };
  }

  within<R>(what: string, work: Promise<R> | R): Promise<R> {
    return within(this.settings.limit, what, work);
  }

  /** So that it is closed with the case. */
  keep<C extends Closable>(opened: C): C {
    this.#opened.push(opened);
    return opened;
  }

  /** What a reader sees now. */
  visible(): Promise<readonly ConformanceItem[]> {
    return this.within('readBack()', this.options.readBack(this.place));
  }

  /** A violation unless exactly these, by the guarantee of the sink, are visible. */
  async expectVisible(sink: Sink<T>, sent: readonly ConformanceItem[], when: string): Promise<void> {
    const wrong = disagreements(sent, await this.visible(), this.agreement(sink));
    noneOf(wrong.map((problem) => `${problem}, ${when}`));
  }

  agreement(sink: Sink<T>): Agreement {
    if (sink.guarantee === 'transactional') return { kind: 'exact' };
    if (sink.guarantee === 'at-least-once') return { kind: 'at least once' };
    return { kind: 'last of each key', keyOf: (item) => sink.keyOf(this.element(item)) };
  }

  async expectNoLeftovers(when: string): Promise<void> {
    if (this.options.leftovers === undefined) return;
    const left = await this.within('leftovers()', this.options.leftovers(this.place));
    noneOf(left.map((name) => `${name} is left ${when}`));
  }

  /** Commits as the engine does: in order, again when told to come later, and a failure is one. */
  async commit(committer: Committer<unknown>, committables: readonly unknown[]): Promise<CommitResult[]> {
    const results: CommitResult[] = [];
    for (const committable of committables) results.push(await this.commitOne(committer, committable));
    return results;
  }

  private async commitOne(committer: Committer<unknown>, committable: unknown): Promise<CommitResult> {
    for (const end = Date.now() + this.settings.limit; ; ) {
      const result = await this.within('commit()', committer.commit(committable));
      if (result.status === 'failed') violated('commit() answered failed', result.cause);
      if (result.status === 'alreadyCommitted' && !result.proof)
        violated('commit() answered alreadyCommitted, without a proof');
      if (result.status !== 'retryLater') return result;
      if (Date.now() > end) violated('commit() answered retryLater again and again', result.cause);
      await new Promise((resolve) => setTimeout(resolve, Math.min(200, milliseconds(result.after))));
    }
  }

  /** What comes back out of a checkpoint. */
  persisted(sink: TransactionalSink<T>, committables: readonly unknown[]): unknown[] {
    const { version, encode, decode } = bound(sink.committableCodec);
    return committables.map((committable) => decode(version, encode(committable)));
  }

  /** The checkpoint is complete: the next start is given what the writer has to remember. */
  async remember(sink: Sink<T>, writer: object, checkpoint: number): Promise<void> {
    const { snapshotState } = writer as Partial<SupportsWriterState<unknown>>;
    if (snapshotState === undefined) return;
    const { writerStateCodec: codec = structuredCodec<unknown>() } = sink;
    const states = await this.within('snapshotState()', snapshotState.call(writer, checkpoint));
    this.#writerState = states.map((state) => codec.decode(codec.version, codec.encode(state)));
  }

  /** The case is over: whatever is open is closed, as it would be at the end of a run. */
  async end(): Promise<void> {
    this.#ending.abort(new Error('the case is over'));
    const closing = this.#opened.map((opened) =>
      within(this.settings.limit, 'close()', Promise.resolve(opened.close())),
    );
    await Promise.allSettled(closing);
  }
}

function bound<C>(codec: {
  readonly version: number;
  encode(value: C): Uint8Array;
  decode(version: number, bytes: Uint8Array): C;
}) {
  return {
    version: codec.version,
    encode: (value: C) => codec.encode(value),
    decode: (version: number, bytes: Uint8Array) => codec.decode(version, bytes),
  };
}
