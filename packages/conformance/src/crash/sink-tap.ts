import type { Sink, SinkWriter, Transaction, TransactionalSink, TransactionalWriter } from '@sluice/connector-sdk';
import type { FaultLine } from './fault-line.js';
import { tapped } from './tapped.js';

/** The same sink, with a point before, in and after each of its steps. */
export function tapSink<T>(sink: Sink<T>, line: FaultLine): Sink<T> {
  return sink.guarantee === 'transactional' ? tapTransactional(sink, line) : tapWriting(sink, line);
}

function tapWriting<T>(sink: Exclude<Sink<T>, TransactionalSink<T>>, line: FaultLine): Sink<T> {
  const open: typeof sink.open = async (context) => {
    const writer = await sink.open(context);
    return tapped<SinkWriter<T>>(writer, {
      write: counted(tapWrite(writer, line), line),
      flush(...barrier) {
        line.barrier();
        return line.around('flush', () => writer.flush(...barrier));
      },
    });
  };
  return tapped(sink, { open });
}

function tapTransactional<T>(sink: TransactionalSink<T>, line: FaultLine): Sink<T> {
  return tapped(sink, {
    async open(context) {
      const writer = await sink.open(context);
      return tapped<TransactionalWriter<T, unknown>>(writer, { begin: () => tapTransaction(writer.begin(), line) });
    },
    async openCommitter(context) {
      const committer = await sink.openCommitter(context);
      return tapped(committer, {
        recover: (restored) => line.around('recover', () => committer.recover(restored)),
        commit: (committable) => line.around('commit', () => committer.commit(committable)),
      });
    },
  });
}

function tapTransaction<T>(transaction: Transaction<T, unknown>, line: FaultLine): Transaction<T, unknown> {
  return tapped(transaction, {
    write: counted(tapWrite(transaction, line), line),
    prepare(...barrier) {
      line.barrier();
      return line.around('prepare', () => transaction.prepare(...barrier));
    },
    abort: () => line.around('abort', () => transaction.abort()),
  });
}

function tapWrite<T>(target: Pick<SinkWriter<T>, 'write'>, line: FaultLine): SinkWriter<T>['write'] {
  return (value, timestamp) => {
    const full = target.write(value, timestamp);
    const strike = line.at('after-write');
    if (strike === undefined) return full;
    return Promise.all([full, strike()]).then(() => {});
  };
}

function counted<T>(write: SinkWriter<T>['write'], line: FaultLine): SinkWriter<T>['write'] {
  return (value, timestamp) => {
    line.element();
    return write(value, timestamp);
  };
}
