import type { CommitResult, Committer, PluginContext } from '@sluice/connector-sdk';
import { SluiceError } from '@sluice/connector-sdk';
import type { PostgresCommittable, PreparedEpoch } from './committable.js';
import { commitBuffered } from './ledger/commit-buffered.js';
import { commitPrepared } from './prepared/finish-prepared.js';
import type { SinkBooks } from './recovery/sink-books.js';
import { takeOver } from './recovery/take-over.js';
import { failureOf, isTransient } from './server/failure.js';
import type { Session } from './server/session.js';
import type { Sessions } from './server/sessions.js';
import { statementFailure } from './server/statement-failure.js';
import type { SinkSettings } from './sink-settings.js';

const RECOVERY_ATTEMPTS = 10;
const FIRST_DELAY = 100;
const LONGEST_DELAY = 5_000;

/** Commits epochs of either mode; one at a time, in the order in which it is asked to. */
export function postgresCommitter(
  settings: SinkSettings<never>,
  books: SinkBooks,
  sessions: Sessions,
  context: PluginContext,
): Committer<PostgresCommittable> {
  const { component, lockTimeout } = settings;
  const { identity, fence, ledger } = books;
  const { epoch, clock, signal, logger } = context;
  let last: Promise<unknown> = Promise.resolve();
  let failures = 0;

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
      if (result.status === 'committed' && committable.kind === 'prepared') await prune(committable);
      return result;
    } catch (error) {
      const cause = statementFailure(component, 'to commit an epoch', error);
      if (!isPassing(error)) return { status: 'failed', cause };
      const after = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.min(failures++, 10));
      return { status: 'retryLater', after, cause };
    }
  }

  /** The epoch is committed, whatever becomes of this. */
  async function prune({ transaction }: PreparedEpoch): Promise<void> {
    try {
      await withSession((session) => ledger.prune(session, transaction));
    } catch (error) {
      logger.debug({ cause: failureOf(error).message }, 'old ledger rows were not deleted this time');
    }
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
    recover: (restored) => inTurn(() => recover(restored)),
    commit: (committable) => inTurn(() => commit(committable)),
    close: () => sessions.close(),
  };
}

/** A server that does not answer now may do so soon; every other error of ours means what it says. */
function isPassing(error: unknown): boolean {
  if (SluiceError.isInstance(error)) return error.code === 'SLUICE_POSTGRES_UNREACHABLE';
  return isTransient(failureOf(error));
}
