import type {
  AtLeastOnceSink,
  Committer,
  IdempotentSink,
  PluginContext,
  Sink,
  SinkContext,
  SinkWriter,
  Transaction,
  TransactionalSink,
} from '@sluice/connector-sdk';
import type { CallDetail, Calls } from './calls.js';

/** A sink that is written only as long as its run is alive. */
export function guardedSink(sink: Sink<unknown>, calls: Calls): Sink<unknown> {
  if (sink.guarantee === 'transactional') return guardedTransactional(sink, calls);
  if (sink.guarantee === 'idempotent') return guardedIdempotent(sink, calls);
  return { ...common(sink, calls), guarantee: sink.guarantee, open: opening(sink, calls) };
}

function guardedIdempotent(sink: IdempotentSink<unknown>, calls: Calls): IdempotentSink<unknown> {
  return {
    ...common(sink, calls),
    guarantee: 'idempotent',
    keyOf: (value) => sink.keyOf(value),
    open: opening(sink, calls),
  };
}

function common(sink: Sink<unknown>, calls: Calls) {
  const check = sink.check?.bind(sink);
  return {
    specVersion: 1 as const,
    name: sink.name,
    ...(check !== undefined && {
      check: (context: PluginContext) => calls.call('sink.check', sink, () => check(calls.context(context))),
    }),
  };
}

function opening(sink: AtLeastOnceSink<unknown> | IdempotentSink<unknown>, calls: Calls) {
  return async (context: SinkContext<unknown>): Promise<SinkWriter<unknown>> => {
    const writer = await calls.call('sink.open', sink, () => sink.open(calls.context(context)));
    return {
      write: writing((value, timestamp) => writer.write(value, timestamp), calls),
      flush: () => calls.call('sink.flush', sink, () => writer.flush()),
      close: () => calls.courtesy(() => writer.close()),
    };
  };
}

function writing(write: SinkWriter<unknown>['write'], calls: Calls): SinkWriter<unknown>['write'] {
  return (value, timestamp) => {
    if (!calls.alive) return undefined;
    const until = write(value, timestamp);
    return until === undefined ? calls.full() : calls.pass(until);
  };
}

function guardedTransactional(sink: TransactionalSink<unknown>, calls: Calls): TransactionalSink<unknown> {
  return {
    ...common(sink, calls),
    guarantee: 'transactional',
    committableCodec: sink.committableCodec,
    async open(context) {
      const writer = await calls.call('sink.open', sink, () => sink.open(calls.context(context)));
      return {
        begin: () => (calls.alive ? guardedTransaction(writer.begin(), calls, sink) : deadTransaction),
        close: () => calls.courtesy(() => writer.close()),
      };
    },
    async openCommitter(context) {
      const committer = await calls.call('sink.open', sink, () => sink.openCommitter(calls.context(context)));
      return guardedCommitter(committer, calls, sink);
    },
  };
}

function guardedTransaction(
  transaction: Transaction<unknown, unknown>,
  calls: Calls,
  { name }: CallDetail,
): Transaction<unknown, unknown> {
  return {
    write: writing((value, timestamp) => transaction.write(value, timestamp), calls),
    prepare: (checkpoint) => calls.call('sink.prepare', { name, checkpoint }, () => transaction.prepare(checkpoint)),
    abort: () => calls.courtesy(() => transaction.abort()),
  };
}

function guardedCommitter(committer: Committer<unknown>, calls: Calls, of: CallDetail): Committer<unknown> {
  const { commitWithin, retained } = committer;
  return {
    resource: committer.resource,
    ...(commitWithin !== undefined && {
      commitWithin: (transaction, committables) =>
        calls.call('sink.commit', of, () => commitWithin.call(committer, transaction, committables)),
    }),
    ...(retained !== undefined && {
      retained: (oldest, savepoints) => calls.courtesy(() => retained.call(committer, oldest, savepoints)),
    }),
    recover: (restored) => calls.call('sink.recover', of, () => committer.recover(restored)),
    commit: (committable) =>
      calls.call('sink.commit', of, async () => {
        const after = calls.retryAfter();
        return after === undefined
          ? committer.commit(committable)
          : { status: 'retryLater', after, cause: 'simulated' };
      }),
    close: () => calls.courtesy(() => committer.close()),
  };
}

const deadTransaction: Transaction<unknown, unknown> = {
  write: () => undefined,
  prepare: () => new Promise(() => {}),
  abort: async () => {},
};
