import type { CommitResult, Committer, PluginContext } from '@sluice/connector-sdk';
import type { PostgresCommittable } from './committable.js';
import { commitBuffered } from './ledger/commit-buffered.js';
import { writeWithin } from './ledger/write-within.js';
import { commitPrepared } from './prepared/finish-prepared.js';
import type { SinkBooks } from './recovery/sink-books.js';
import { takeOver } from './recovery/take-over.js';
import { isPassing } from './server/failure.js';
import type { SharedTransaction } from './server/resource.js';
import type { Session } from './server/session.js';
import type { Sessions } from './server/sessions.js';
import { statementFailure } from './server/statement-failure.js';
import type { SinkSettings } from './sink-settings.js';

/** Checkpoints between two deletions of old proofs. */
const PRUNED_EVERY = 64;
const RECOVERY_ATTEMPTS = 10;
const FIRST_DELAY = 100;
const LONGEST_DELAY = 5_000;

/** Commits epochs of either mode; one at a time, in the order in which it is asked to. */
export function postgresCommitter(
  settings: SinkSettings<never>,
  books: SinkBooks,
  sessions: Sessions,
  context: PluginContext,
  resource: string | undefined,
): Committer<PostgresCommittable> {
  const { component, lockTimeout } = settings;
  const { identity, fence, ledger } = books;
  const { epoch, clock, signal, logger } = context;
  let last: Promise<unknown> = Promise.resolve();
  let failures = 0;
  const kept = new Set<number>();
  let prunedBefore = 0;

  function inTurn<R>(action: () => Promise<R>): Promise<R> {
    const turn = last.then(action);
    last = turn.catch(() => {});
    return turn;
  }

  async function withSession<R>(action: (session: Session) => Promise<R>): Promise<R> {
    const session = await sessions.take();
    try {
      return await action(session);
    } finally {
      await sessions.giveBack(session);
    }
  }

  function commitOnce(session: Session, committable: PostgresCommittable): Promise<CommitResult> {
    if (committable.kind === 'prepared') return commitPrepared(session, component, ledger, committable);
    return commitBuffered(session, component, fence, ledger, lockTimeout, committable);
  }

  async function commit(committable: PostgresCommittable): Promise<CommitResult> {
    try {
      const result = await withSession((session) => commitOnce(session, committable));
      if (result.status !== 'retryLater') failures = 0;
      return result;
    } catch (error) {
      const cause = statementFailure(component, 'to commit an epoch', error);
      if (!isPassing(error)) return { status: 'failed', cause };
      const after = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.min(failures++, 10));
      return { status: 'retryLater', after, cause };
    }
  }

  /** Savepoints at once, so that there is no moment at which their proofs are not safe; deletes only now and then. */
  async function retain(oldest: number, savepoints: readonly number[]): Promise<void> {
    const fresh = savepoints.filter((checkpoint) => !kept.has(checkpoint));
    const due = oldest >= prunedBefore + PRUNED_EVERY;
    if (fresh.length === 0 && !due) return;
    await withSession(async (session) => {
      if (fresh.length > 0) await ledger.keep(session, identity, epoch, fresh);
      for (const checkpoint of fresh) kept.add(checkpoint);
      if (!due) return;
      await ledger.prune(session, identity, epoch, oldest);
      prunedBefore = oldest;
    });
  }

  /** Buffered epochs need nothing before the fence: they are committed like any other, after it. */
  function recoverOnce(restored: readonly PostgresCommittable[]): Promise<void> {
    const prepared = restored.filter((committable) => committable.kind === 'prepared');
    const parts = { component, identity, epoch, fence, ledger, clock, signal, logger };
    return withSession((session) => takeOver(session, parts, prepared));
  }

  async function recover(restored: readonly PostgresCommittable[]): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await recoverOnce(restored);
      } catch (error) {
        if (!isPassing(error) || attempt + 1 >= RECOVERY_ATTEMPTS) {
          throw statementFailure(component, 'to recover what earlier runs have left', error);
        }
        await clock.sleep(Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** attempt), signal);
      }
    }
  }

  return {
    resource,
    commitWithin: (transaction, committables) =>
      writeWithin(transaction as SharedTransaction, settings, books, committables),
    retained: (oldest, savepoints) =>
      inTurn(() => retain(oldest, savepoints)).catch((error) => {
        throw statementFailure(component, 'to delete what proves old commits', error);
      }),
    recover: (restored) => inTurn(() => sessions.until(signal, () => recover(restored))),
    commit: (committable) => inTurn(() => commit(committable)),
    close: () => sessions.close(),
  };
}
