import {
  type Committer,
  type PluginContext,
  type Sink,
  type SinkContext,
  SluiceError,
  type Transaction,
  type TransactionalSink,
} from '@sluice/connector-sdk';
import type { EncodedCommittable } from '../stream/barrier.js';
import type { Barrier, StreamObserver } from '../stream/element.js';
import type { Task } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';

/** An opened sink: the end of a flow. */
export interface RunningSink {
  readonly uid: string;
  /** Commits what the restored checkpoint holds, in order, and rolls back what else is ours. Before the first element. */
  recover(committables: readonly EncodedCommittable[]): Promise<void>;
  input(task: SinkTask, out: StreamObserver<unknown>): StreamObserver<unknown>;
  /** The run ends: leaves nothing behind that is not prepared. */
  close(): Promise<void>;
}

export type SinkTask = Pick<Task, 'full'> & { endReached(): void };

export async function openSink(sink: Sink<unknown>, context: SinkContext<unknown>): Promise<RunningSink> {
  return sink.guarantee === 'transactional'
    ? openTransactional(sink as TransactionalSink<unknown>, context)
    : openWriter(sink, context);
}

type Next = StreamObserver<unknown>['next'];

/** Closed. */
function createWrite(
  writer: { write(value: unknown, timestamp: number): Promise<void> | undefined },
  full: (until: Promise<void>) => void,
): Next {
  return (value, timestamp) => {
    const until = writer.write(value, timestamp);
    if (until !== undefined) full(until);
  };
}

/** The notifications of an end: what a barrier does is the sink's. */
function endOfFlow(
  task: SinkTask,
  out: StreamObserver<unknown>,
  next: Next,
  seal: (barrier: Barrier) => void,
): StreamObserver<unknown> {
  return {
    next,
    watermark(timestamp) {
      out.watermark(timestamp);
      if (timestamp === Number.POSITIVE_INFINITY) task.endReached();
    },
    barrier(barrier) {
      seal(barrier);
      out.barrier(barrier);
    },
    status: (idle) => out.status(idle),
    error: (error) => out.error(error),
    complete: () => out.complete(),
  };
}

async function openWriter(
  sink: Exclude<Sink<unknown>, TransactionalSink<unknown>>,
  context: SinkContext<unknown>,
): Promise<RunningSink> {
  const writer = await sink.open(context);
  return {
    uid: context.uid,
    recover: async () => {},
    input(task, out) {
      const next = specialise(createWrite)(writer, (until) => task.full(until));
      return endOfFlow(task, out, next, (barrier) =>
        barrier.prepare({
          uid: context.uid,
          transactional: false,
          sealed: false,
          prepared: writer.flush().then(() => []),
          state: Promise.resolve(undefined),
          commit: async () => {},
        }),
      );
    },
    close: () => writer.close(),
  };
}

async function openTransactional(
  sink: TransactionalSink<unknown>,
  context: SinkContext<unknown>,
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
  ): Promise<readonly EncodedCommittable[]> => {
    preparing.add(transaction);
    const committables = await transaction.prepare(checkpoint);
    preparing.delete(transaction);
    const { committableCodec: codec } = sink;
    return committables.map((committable) => ({ version: codec.version, bytes: codec.encode(committable) }));
  };
  return {
    uid: context.uid,
    async recover(committables) {
      await committer.recover(committables.map((encoded) => decode(sink, encoded, context.uid)));
      await commit(committables);
      writer = await sink.open(context);
    },
    input(task, out) {
      const write = (value: unknown, timestamp: number): Promise<void> | undefined => {
        current ??= opened(writer, context.uid).begin();
        return current.write(value, timestamp);
      };
      const next = specialise(createWrite)({ write }, (until) => task.full(until));
      return endOfFlow(task, out, next, (barrier) => {
        const sealed = current;
        current = undefined;
        const prepared = sealed === undefined ? Promise.resolve([]) : prepare(sealed, barrier.checkpoint);
        barrier.prepare({
          uid: context.uid,
          transactional: true,
          sealed: sealed !== undefined,
          prepared,
          state: Promise.resolve(undefined),
          commit,
        });
      });
    },
    async close() {
      const open = [...preparing, ...(current === undefined ? [] : [current])];
      await Promise.allSettled(open.map((transaction) => transaction.abort()));
      await Promise.allSettled([writer?.close(), committer.close()]);
    },
  };
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
    const committable = decode(sink, encoded, context.uid);
    for (;;) {
      const result = await committer.commit(committable);
      if (result.status === 'retryLater') {
        context.logger.warn({ uid: context.uid, after: result.after }, 'commit is tried again later');
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
function decode(sink: TransactionalSink<unknown>, { version, bytes }: EncodedCommittable, uid: string): unknown {
  const { committableCodec: codec } = sink;
  if (version > codec.version) {
    throw new SluiceError({
      code: 'SLUICE_STATE_VERSION',
      component: uid,
      expected: `committables of version ${codec.version} or older`,
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
    cause,
  });
}
