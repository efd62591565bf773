import {
  type Codec,
  type Committer,
  type PluginContext,
  type Sink,
  type SinkContext,
  SluiceError,
  type SupportsWriterState,
  structuredCodec,
  type Transaction,
  type TransactionalSink,
} from '@sluice/connector-sdk';
import type { EncodedCommittable, JoinsPublication, PreparedCommittable } from '../stream/barrier.js';
import type { StreamObserver } from '../stream/element.js';
import type { Task } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';
import { HeldElements } from './held-elements.js';
import { LazyCommittable } from './lazy-committable.js';
import { Rejects, type RejectTarget } from './rejects.js';
import { decodeSinkState, encodeSinkState } from './sink-state.js';

/** An opened sink: the end of a flow. */
export interface RunningSink {
  readonly uid: string;
  /** It has emitted rejects behind the newest barrier: only another checkpoint makes them durable where they went. */
  readonly rejectedBehindBarrier: boolean;
  /** Commits what the restored checkpoint holds, in order, and rolls back what else is ours. Before the first element. */
  recover(committables: readonly EncodedCommittable[]): Promise<void>;
  input(task: SinkTask, out: StreamObserver<unknown>): StreamObserver<unknown>;
  /** As `Committer.retained`. */
  retained(oldest: number, savepoints: readonly number[]): Promise<void>;
  /** The run ends: leaves nothing behind that is not prepared. */
  close(): Promise<void>;
}

export type SinkTask = Pick<Task, 'full' | 'wake'> & { endReached(): void };

/** What a run gives to a sink. */
export interface SinkSetting {
  readonly context: PluginContext;
  readonly rejects: RejectTarget;
  requestCheckpoint(): void;
  /** What the sink left in the checkpoint that is being restored. */
  readonly restored: Uint8Array | undefined;
}

export async function openSink(sink: Sink<unknown>, setting: SinkSetting): Promise<RunningSink> {
  const { context, requestCheckpoint } = setting;
  const state = decodeSinkState(setting.restored, context.uid);
  const rejects = new Rejects(setting.rejects, state.late);
  const { writerStateCodec = structuredCodec<unknown>() } = sink;
  const sinkContext: SinkContext<unknown> = {
    ...context,
    reject: (value, cause) => rejects.reject(value, cause),
    requestCheckpoint,
    restoredState: state.writer.map((encoded) => decode(writerStateCodec, encoded, context.uid)),
  };
  return sink.guarantee === 'transactional'
    ? openTransactional(sink as TransactionalSink<unknown>, sinkContext, rejects)
    : openWriter(sink, sinkContext, rejects);
}

type Write = (value: unknown, timestamp: number) => Promise<void> | undefined;

/** Closed. */
function createWrite(writer: { write: Write }, full: (until: Promise<void>) => void): StreamObserver<unknown>['next'] {
  return (value, timestamp) => {
    const until = writer.write(value, timestamp);
    if (until !== undefined) full(until);
  };
}

/** What a sink does at a barrier. */
interface Sealed {
  readonly sealed: boolean;
  readonly prepared: Promise<readonly PreparedCommittable[]>;
  readonly writerState: Promise<readonly EncodedCommittable[]>;
}

/** What tells one kind of sink from the other. */
interface SinkEnd {
  readonly transactional: boolean;
  readonly write: Write;
  seal(checkpoint: number, endOfInput: boolean): Sealed;
  commit(committables: readonly EncodedCommittable[]): Promise<void>;
  readonly joins?: JoinsPublication | undefined;
}

/**
 * The input of a sink. When somebody takes what it rejects, elements behind a barrier wait until it has been flushed: what is rejected
 * until then belongs to the checkpoint.
 */
function inputOf(
  end: SinkEnd,
  uid: string,
  rejects: Rejects,
  requestCheckpoint: () => void,
  task: SinkTask,
  out: StreamObserver<unknown>,
): StreamObserver<unknown> {
  const full = (until: Promise<void>): void => task.full(until);
  const write = createWrite(end, full);
  const held = rejects.taken ? new HeldElements() : undefined;
  const next = specialise(createWrite)(held === undefined ? end : holding(end, held), full);
  let ended = false;
  let endPassed = false;
  const passEnd = (): void => {
    if (endPassed) return;
    endPassed = true;
    out.watermark(Number.POSITIVE_INFINITY);
  };
  rejects.start(task);
  return {
    next,
    watermark(timestamp) {
      if (timestamp !== Number.POSITIVE_INFINITY) {
        out.watermark(timestamp);
        return;
      }
      ended = true;
      if (held === undefined) passEnd();
      // Whoever takes what is rejected has all of it when the sink has been flushed, and not before.
      else requestCheckpoint();
      task.endReached();
    },
    barrier(barrier) {
      held?.release(write);
      const { sealed, prepared, writerState } = end.seal(barrier.checkpoint, ended);
      const late = rejects.during(prepared);
      const state = Promise.all([late, writerState]).then(([found, writer]) =>
        encodeSinkState({ late: found, writer }),
      );
      const { transactional, commit, joins } = end;
      barrier.prepare({ uid, transactional, sealed, prepared, state, commit, joins });
      if (held !== undefined) {
        const release = held.begin(write);
        const end = ended ? passEnd : (): void => {};
        const settled = prepared.then(
          () => end,
          () => () => {},
        );
        task.full(settled.then(() => {}));
        void settled.then((then) =>
          task.wake(() => {
            release();
            rejects.drain();
            then();
          }),
        );
      }
      out.barrier(barrier);
    },
    status: (idle) => out.status(idle),
    error: (error) => out.error(error),
    complete: () => out.complete(),
  };
}

function holding(end: SinkEnd, held: HeldElements): { write: Write } {
  return { write: (value, timestamp) => (held.hold(value, timestamp) ? undefined : end.write(value, timestamp)) };
}

async function openWriter(
  sink: Exclude<Sink<unknown>, TransactionalSink<unknown>>,
  context: SinkContext<unknown>,
  rejects: Rejects,
): Promise<RunningSink> {
  const writer = await sink.open(context);
  const end: SinkEnd = {
    transactional: false,
    write: (value, timestamp) => writer.write(value, timestamp),
    seal: (checkpoint, endOfInput) => ({
      sealed: false,
      prepared: writer.flush(endOfInput).then(() => []),
      writerState: writerState(sink, writer, checkpoint),
    }),
    commit: async () => {},
  };
  return {
    uid: context.uid,
    get rejectedBehindBarrier() {
      return rejects.behindBarrier;
    },
    recover: async () => {},
    retained: async () => {},
    input: (task, out) => inputOf(end, context.uid, rejects, context.requestCheckpoint, task, out),
    close: () => writer.close(),
  };
}

async function openTransactional(
  sink: TransactionalSink<unknown>,
  context: SinkContext<unknown>,
  rejects: Rejects,
): Promise<RunningSink> {
  const committer = await sink.openCommitter(context);
  let writer: Awaited<ReturnType<typeof sink.open>> | undefined;
  let current: Transaction<unknown, unknown> | undefined;
  const preparing = new Set<Transaction<unknown, unknown>>();
  const commit = (committables: readonly EncodedCommittable[]): Promise<void> =>
    commitAll(sink, committer, committables, context);
  const prepare = async (
    transaction: Transaction<unknown, unknown>,
    checkpoint: number,
    endOfInput: boolean,
  ): Promise<readonly PreparedCommittable[]> => {
    preparing.add(transaction);
    const committables = await transaction.prepare(checkpoint, endOfInput);
    preparing.delete(transaction);
    return committables.map((committable) => new LazyCommittable(committable, sink.committableCodec));
  };
  const end: SinkEnd = {
    transactional: true,
    write(value, timestamp) {
      current ??= opened(writer, context.uid).begin();
      return current.write(value, timestamp);
    },
    seal(checkpoint, endOfInput) {
      const sealed = current ?? (writer?.everyEpoch === true ? writer.begin() : undefined);
      current = undefined;
      return {
        sealed: sealed !== undefined,
        prepared: sealed === undefined ? Promise.resolve([]) : prepare(sealed, checkpoint, endOfInput),
        writerState: writerState(sink, writer, checkpoint),
      };
    },
    commit,
    joins: joinsOf(committer),
  };
  return {
    uid: context.uid,
    get rejectedBehindBarrier() {
      return rejects.behindBarrier;
    },
    async recover(committables) {
      await committer.recover(committables.map((encoded) => decode(sink.committableCodec, encoded, context.uid)));
      await commit(committables);
      writer = await sink.open(context);
    },
    retained: async (oldest, savepoints) => committer.retained?.(oldest, savepoints),
    input: (task, out) => inputOf(end, context.uid, rejects, context.requestCheckpoint, task, out),
    async close() {
      const open = [...preparing, ...(current === undefined ? [] : [current])];
      await Promise.allSettled(open.map((transaction) => transaction.abort()));
      await Promise.allSettled([writer?.close(), committer.close()]);
    },
  };
}

function joinsOf(committer: Committer<unknown>): JoinsPublication | undefined {
  const { resource } = committer;
  if (resource === undefined || committer.commitWithin === undefined) return undefined;
  return {
    resource,
    async commitWithin(transaction, committables) {
      await committer.commitWithin?.(
        transaction,
        committables.map(({ value }) => value),
      );
    },
  };
}

/** What the writer remembers from checkpoint to checkpoint, if it has that power. */
async function writerState(
  { writerStateCodec: codec = structuredCodec<unknown>() }: Sink<unknown>,
  writer: object | undefined,
  checkpoint: number,
): Promise<readonly EncodedCommittable[]> {
  const states = await (writer as Partial<SupportsWriterState<unknown>> | undefined)?.snapshotState?.(checkpoint);
  return (states ?? []).map((state) => ({ version: codec.version, bytes: codec.encode(state) }));
}

function opened<W>(writer: W | undefined, uid: string): W {
  if (writer !== undefined) return writer;
  throw new SluiceError({
    code: 'SLUICE_SINK_NOT_RECOVERED',
    component: uid,
    expected: 'recovery before the first element',
    actual: 'an element',
    remedy: 'report this: the engine gave an element to a sink that it had not recovered',
  });
}

/** Oldest first; tries all, then raises the first failure. */
async function commitAll(
  sink: TransactionalSink<unknown>,
  committer: Committer<unknown>,
  committables: readonly EncodedCommittable[],
  context: PluginContext,
): Promise<void> {
  let failure: SluiceError | undefined;
  for (const encoded of committables) {
    const committable = decode(sink.committableCodec, encoded, context.uid);
    for (;;) {
      const result = await committer.commit(committable);
      if (result.status === 'retryLater') {
        const cause = SluiceError.isInstance(result.cause) ? result.cause.code : undefined;
        context.logger.warn({ uid: context.uid, after: result.after, cause }, 'commit is tried again later');
        await context.clock.sleep(result.after, context.signal);
        continue;
      }
      if (result.status === 'failed') failure ??= commitFailed(context.uid, result.cause);
      break;
    }
  }
  if (failure !== undefined) throw failure;
}

/** @throws SLUICE_STATE_VERSION when a newer version of the connector wrote it */
function decode(codec: Codec<unknown>, { version, bytes }: EncodedCommittable, uid: string): unknown {
  if (version > codec.version) {
    throw new SluiceError({
      code: 'SLUICE_STATE_VERSION',
      component: uid,
      expected: `what the connector keeps in version ${codec.version} or older`,
      actual: `version ${version}`,
      remedy: 'run the version of the connector that wrote the checkpoint, or a newer one',
    });
  }
  return codec.decode(version, bytes);
}

function commitFailed(uid: string, cause: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_COMMIT_FAILED',
    component: uid,
    expected: 'a prepared transaction to be committed once its checkpoint is complete',
    actual: SluiceError.isInstance(cause) ? cause.actual : 'a failure that is final',
    remedy: 'look at the cause; what the checkpoint holds is kept and committed when the job is started again',
    transient: SluiceError.isInstance(cause) && cause.transient,
    cause,
  });
}
