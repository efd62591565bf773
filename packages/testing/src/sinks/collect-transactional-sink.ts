import { defineSink, structuredCodec, type TransactionalSink } from '@sluice/connector-sdk';
import { type CommittedTransaction, TransactionServer } from './transaction-server.js';

/** A transactional sink in memory, and what has become visible in it. */
export interface CollectTransactionalSink<T> extends TransactionalSink<T, string> {
  /** What is visible: the elements of committed transactions, in order of their commits. */
  readonly values: readonly T[];
  /** What became visible when: one entry for each committed transaction. */
  readonly committed: readonly CommittedTransaction<T>[];
  /** Transactions that are prepared, and neither committed nor rolled back. */
  readonly pending: number;
}

/**
 * Keeps elements exactly once: those of an epoch become visible when its checkpoint is complete, and never twice. Behaves as a database
 * with two-phase commit does: prepared transactions survive crashes of the run, a ledger answers repeated commits, and a run that has
 * been superseded is fenced off. What it holds outlives the runs of a job.
 *
 * @throws SLUICE_FENCED (fails the run) for a run whose successor has recovered
 *
 * @example
 * const sink = collectTransactionalSink<number>();
 * const job = createJob('numbers', fromSource(arraySource([1, 2])).pipe(to(sink)), {
 *   checkpoints: { interval: '1s', storage: memoryCheckpoints() },
 * });
 * const driver = drive(job);
 * await driver.crash('afterPrepare');
 * console.log(sink.values); // []
 * await driver.restart();
 * await driver.finish();
 * console.log(sink.values); // [1, 2]
 */
export function collectTransactionalSink<T>(): CollectTransactionalSink<T> {
  const server = new TransactionServer<T>();
  const sink = defineSink<T, string>({
    name: 'collectTransactional',
    guarantee: 'transactional',
    committableCodec: structuredCodec<string>(),
    open: async (context) => ({
      begin() {
        const values: T[] = [];
        return {
          write(value) {
            values.push(value);
            return undefined;
          },
          prepare: async (checkpoint) => [server.prepare(context, checkpoint, values)],
          abort: async () => {},
        };
      },
      close: async () => {},
    }),
    openCommitter: async (context) => ({
      recover: async (restored) => server.recover(context, restored),
      commit: async (id) => server.commit(context, id),
      close: async () => {},
    }),
  });
  return Object.defineProperty(Object.assign(sink, { values: server.values, committed: server.committed }), 'pending', {
    get: () => server.pending,
    enumerable: true,
  }) as unknown as CollectTransactionalSink<T>;
}
