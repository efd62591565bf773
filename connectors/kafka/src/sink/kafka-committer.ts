import { type CommitResult, type Committer, type PluginContext, SluiceError } from '@sluice/connector-sdk';
import type { KafkaConnection } from '../client/connection.js';
import { failureOf } from '../client/failure-of.js';
import { kafkaError } from '../client/kafka-error.js';
import type { KafkaFailure } from '../client/kafka-failure.js';
import type { KafkaCommittable } from './committable.js';
import { Lane } from './lane.js';
import { LedgerReader } from './ledger-reader.js';
import type { EpochSettings } from './sink-settings.js';
import { transactionalIdOf } from './transactional-id.js';

const FIRST_DELAY = 100;
const LONGEST_DELAY = 5_000;
const RECOVERY_ATTEMPTS = 10;
/** Failures in a row, of a broker that answers, after which it is not a passing one. */
const REFUSALS = 10;
/** Transactions in a row that the broker ended before we did. */
const OVERRUNS = 3;

/** Commits epochs, one at a time, in the order in which it is asked to; none after one that has failed. */
export function kafkaCommitter(
  settings: EpochSettings<never>,
  connection: KafkaConnection,
  context: PluginContext,
): Committer<KafkaCommittable> {
  const { component, ledgerTopic, transactionalIdPrefix, transactionTimeout } = settings;
  const { job, uid: sink, subtask, incarnation, epoch, clock, signal, logger } = context;
  const ledger = new LedgerReader(connection, ledgerTopic, clock, signal, logger);
  const parts = { settings, connection, ledger, run: { incarnation, epoch } };
  const lanes = new Map<string, Lane>();
  let last: Promise<unknown> = Promise.resolve();
  let failed: SluiceError | undefined;
  let failures = 0;
  let refusals = 0;
  let overruns = 0;

  function inTurn<R>(action: () => Promise<R>): Promise<R> {
    const turn = last.then(action);
    last = turn.catch(() => {});
    return turn;
  }

  function laneOf(identity: Pick<KafkaCommittable['transaction'], 'job' | 'sink' | 'subtask'>): Lane {
    const id = transactionalIdOf(transactionalIdPrefix, identity);
    const lane = lanes.get(id) ?? new Lane(parts, id);
    lanes.set(id, lane);
    return lane;
  }

  async function commit(committable: KafkaCommittable): Promise<CommitResult> {
    if (failed !== undefined) return { status: 'failed', cause: failed };
    const lane = laneOf(committable.transaction);
    const began = clock.now();
    try {
      const result = await lane.commit(committable);
      failures = refusals = overruns = 0;
      return result;
    } catch (error) {
      await lane.discard();
      const cause = finalCause(error, clock.now() - began);
      if (cause === undefined) return { status: 'retryLater', after: delay(failures++), cause: errorOf(error) };
      failed = cause;
      return { status: 'failed', cause };
    }
  }

  /** Undefined: it may go well when it is tried again. */
  function finalCause(error: unknown, elapsed: number): SluiceError | undefined {
    if (SluiceError.isInstance(error)) return error;
    const failure = failureOf(error);
    // Somebody has initialised the id, or the broker has given the transaction up: opening the lane again tells which.
    if (failure.kind === 'fenced' || isStateOfTransaction(failure)) {
      overruns = elapsed >= transactionTimeout ? overruns + 1 : 0;
      if (overruns >= OVERRUNS) return tooSlow(component, transactionTimeout, elapsed);
      return ++refusals > REFUSALS ? errorOf(error) : undefined;
    }
    if (failure.kind === 'connection') return undefined;
    // The client has asked for the topic several times by now.
    if (failure.kind === 'unknown-topic') return errorOf(error);
    return failure.retriable && ++refusals <= REFUSALS ? undefined : errorOf(error);
  }

  function errorOf(error: unknown): SluiceError {
    return kafkaError({ component, brokers: settings.connection.brokers }, error);
  }

  async function recover(restored: readonly KafkaCommittable[]): Promise<void> {
    const used = new Set(restored.map(({ transaction }) => laneOf(transaction)));
    for (const lane of new Set([laneOf({ job, sink, subtask }), ...used])) await takeOver(lane, used.has(lane));
  }

  async function takeOver(lane: Lane, used: boolean): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        await lane.open(used);
        return;
      } catch (error) {
        await lane.discard();
        if (SluiceError.isInstance(error) || signal.aborted || attempt + 1 >= RECOVERY_ATTEMPTS) throw errorOf(error);
        const failure = failureOf(error);
        if (!failure.retriable && failure.kind !== 'fenced' && !isStateOfTransaction(failure)) throw errorOf(error);
        await clock.sleep(delay(attempt), signal);
      }
    }
  }

  return {
    recover: (restored) => inTurn(() => recover(restored)),
    commit: (committable) => inTurn(() => commit(committable)),
    // Not in turn: what is under way ends with its connection.
    async close() {
      await Promise.all(Array.from(lanes.values(), (lane) => lane.discard()));
    },
  };
}

function delay(attempt: number): number {
  return Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.min(attempt, 10));
}

const STATES_OF_TRANSACTION: ReadonlySet<string> = new Set([
  'INVALID_TXN_STATE',
  'CONCURRENT_TRANSACTIONS',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'DUPLICATE_SEQUENCE_NUMBER',
  'TRANSACTION_ABORTABLE',
]);

/** Errors that a new producer does not have, beside those of the client's own bookkeeping. */
function isStateOfTransaction({ kind, type }: KafkaFailure): boolean {
  return STATES_OF_TRANSACTION.has(type) || (kind === 'client' && type === 'KafkaJSNonRetriableError');
}

function tooSlow(component: string, timeout: number, elapsed: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_KAFKA_TRANSACTION_TIMEOUT',
    component,
    expected: `an epoch to be written within transactionTimeout, ${timeout} ms`,
    actual: `${Math.round(elapsed)} ms, after which the broker had given the transaction up, ${OVERRUNS} times in a row`,
    remedy: 'raise `transactionTimeout`, or lower `maxEpochBytes` or the interval of checkpoints',
  });
}
