import { randomUUID } from 'node:crypto';
import type { Committer, Transaction, TransactionalSink } from '@sluice/connector-sdk';
import type { CommitGate } from './commit-gate.js';
import type { Mistake } from './fault.js';
import type { FaultLine } from './fault-line.js';

/** Epochs of a process of which one is dropped, where that is the mistake. */
const DROPPED = 3;

/** The same sink, with the places between its steps; or with a mistake. */
export function tapSink<T, C>(
  sink: TransactionalSink<T, C>,
  line: FaultLine,
  gate: CommitGate,
  mistake: Mistake | undefined,
): TransactionalSink<T, C> {
  let committer: Committer<C> | undefined;
  let epochs = 0;

  async function mistaken(committables: readonly C[]): Promise<readonly C[]> {
    if (mistake === 'drops a committable' && committables.length > 0 && ++epochs === DROPPED) return [];
    if (mistake !== 'commits before the manifest') return committables;
    for (const committable of committables) await committer?.commit(committable);
    return [];
  }

  function tapTransaction(transaction: Transaction<T, C>): Transaction<T, C> {
    return {
      write(value, timestamp) {
        const full = transaction.write(value, timestamp);
        void line.at('afterWrite')?.();
        return full;
      },
      async prepare(checkpoint) {
        const prepared = await transaction.prepare(checkpoint);
        const committables = await mistaken(prepared);
        if (prepared.length > 0) await line.pass('afterPrepareAcknowledged');
        return committables;
      },
      abort: () => transaction.abort(),
    };
  }

  return {
    ...sink,
    async open(context) {
      const writer = await sink.open(context);
      return { begin: () => tapTransaction(writer.begin()), close: () => writer.close() };
    },
    async openCommitter(context) {
      const opened = await sink.openCommitter(context);
      committer = opened;
      return {
        recover: (restored) => opened.recover(restored),
        commit: (committable) => gate.pass(() => opened.commit(namedAnew(committable, mistake))),
        close: () => opened.close(),
      };
    },
  };
}

function namedAnew<C>(committable: C, mistake: Mistake | undefined): C {
  if (mistake !== 'ignores the ledger') return committable;
  const { transaction } = committable as { readonly transaction: object };
  return { ...committable, transaction: { ...transaction, incarnation: randomUUID() } };
}
