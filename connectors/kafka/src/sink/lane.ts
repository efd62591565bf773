import { type CommitResult, SluiceError } from '@sluice/connector-sdk';
import type { KafkaConnection } from '../client/connection.js';
import { type KafkaProducer, openProducer } from '../client/producer.js';
import type { KafkaCommittable, TransactionIdentity } from './committable.js';
import { type Fence, type LedgerState, NOTHING_COMMITTED, verdictOn, withCommit } from './ledger-entry.js';
import type { LedgerReader } from './ledger-reader.js';
import { ledgerRecord } from './ledger-record.js';
import { recordsOf } from './record-batch.js';
import { rounds } from './rounds.js';
import type { EpochSettings } from './sink-settings.js';

export interface LaneParts {
  readonly settings: EpochSettings<never>;
  readonly connection: KafkaConnection;
  readonly ledger: LedgerReader;
  /** The run that this is. */
  readonly run: Fence;
}

/**
 * One transactional id, with what the ledger says of it.
 *
 * Initialise, read, write: the broker lets a write through only while nobody else has initialised the id since, so what was read is
 * still true when something is written, or nothing is written. Everything rests on this.
 */
export class Lane {
  private producer: KafkaProducer | undefined;
  private state: LedgerState = { fence: undefined, commits: new Map() };
  /** This run has had the fence: from then on another holder is a later run, whatever its epoch. */
  private held = false;

  constructor(
    private readonly parts: LaneParts,
    private readonly transactionalId: string,
  ) {}

  /**
   * Fences whoever had the id, ends what they left open, and takes the fence.
   *
   * @param used A checkpoint holds what a run with this id has prepared, and every run takes the fence before it prepares anything.
   * @throws SLUICE_FENCED, SLUICE_KAFKA_LEDGER_LOST, KafkaFailure
   */
  async open(used = false): Promise<void> {
    if (this.producer !== undefined) return;
    const { settings, connection, ledger, run } = this.parts;
    const { compression, transactionTimeout, ledgerTopic } = settings;
    const { transactionalId } = this;
    const producer = await openProducer(connection, { compression, transactionalId, transactionTimeout });
    this.producer = producer;
    // The first transaction of a producer initialises the id.
    const transaction = await producer.transaction();
    this.state = await ledger.read(transactionalId);
    const { fence } = this.state;
    if (fence !== undefined && isSame(fence, run)) {
      await transaction.abort();
    } else {
      const later = fence?.incarnation === run.incarnation && fence.epoch > run.epoch;
      if (this.held || later) throw this.fenced();
      if (used && fence === undefined) throw this.ledgerLost();
      // Uncompressed, here and below: sinks that share the ledger read each other's entries, and need not have each other's codecs.
      await transaction.sendPlain([ledgerRecord(ledgerTopic, { kind: 'fence', transactionalId, fence: run })]);
      await transaction.commit();
      this.state = { ...this.state, fence: run };
    }
    this.held = true;
  }

  /** All records of an epoch, with the entry that proves it, in one transaction: all or nothing, and at most once. */
  async commit({ transaction: identity, batches }: KafkaCommittable): Promise<CommitResult> {
    await this.open();
    const { producer, state, transactionalId } = this;
    const verdict = verdictOn(state, identity);
    if (verdict === 'committed') return { status: 'alreadyCommitted', proof: proofOf(identity) };
    if (verdict === 'unknown') throw proofDropped(this.parts.settings.component, identity);
    const { ledgerTopic, ledgerRuns } = this.parts.settings;
    const { incarnation } = identity;
    const commits = withCommit(state.commits.get(incarnation) ?? NOTHING_COMMITTED, identity, ledgerRuns);
    const transaction = await (producer as KafkaProducer).transaction();
    for (const round of rounds(batches)) await transaction.send(round.flatMap(recordsOf));
    await transaction.sendPlain([
      ledgerRecord(ledgerTopic, { kind: 'commits', transactionalId, incarnation, commits }),
    ]);
    await transaction.commit();
    this.state = { ...state, commits: new Map(state.commits).set(incarnation, commits) };
    return { status: 'committed' };
  }

  /** After any failure: neither what the producer can still do nor what is committed is known. The next `open` finds out. */
  async discard(): Promise<void> {
    const { producer } = this;
    this.producer = undefined;
    await producer?.close().catch(() => {});
  }

  private ledgerLost(): SluiceError {
    const { component, ledgerTopic } = this.parts.settings;
    return new SluiceError({
      code: 'SLUICE_KAFKA_LEDGER_LOST',
      component,
      expected: `entries for the transactional id ${this.transactionalId} in ${ledgerTopic}, since the checkpoint holds records of a run that had it`,
      actual: 'none, so nobody can tell whether those records have been written',
      remedy:
        'set `ledgerTopic`, `transactionalIdPrefix` and `brokers` to what they were; where the ledger is gone for good, start without this checkpoint',
    });
  }

  private fenced(): SluiceError {
    return new SluiceError({
      code: 'SLUICE_FENCED',
      component: this.parts.settings.component,
      expected: `to be the only run that writes under the transactional id ${this.transactionalId}, epoch ${this.parts.run.epoch}`,
      actual: 'another run that has taken it over',
      remedy:
        'stop this run, or stop the other one and start again; jobs of one name that are not the same need different `transactionalIdPrefix`es',
    });
  }
}

function isSame(a: Fence, b: Fence): boolean {
  return a.incarnation === b.incarnation && a.epoch === b.epoch;
}

function proofOf({ epoch, subtask, checkpoint }: TransactionIdentity): string {
  return `ledger entry of subtask ${subtask}, epoch ${epoch}, at or behind checkpoint ${checkpoint}`;
}

function proofDropped(component: string, identity: TransactionIdentity): SluiceError {
  return new SluiceError({
    code: 'SLUICE_KAFKA_PROOF_PRUNED',
    component,
    expected: `the ${proofOf(identity)}, or one of a run that the ledger still knows`,
    actual: 'a ledger that has dropped this run, so nobody can tell whether these records have been written',
    remedy: 'start from a newer checkpoint or savepoint; raise `ledgerRuns` to be able to go back further',
  });
}
