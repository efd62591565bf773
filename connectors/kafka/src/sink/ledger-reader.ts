import type { Clock, Logger } from '@sluice/connector-sdk';
import type { KafkaConnection } from '../client/connection.js';
import { KafkaFailure } from '../client/kafka-failure.js';
import { type KafkaLog, openLog } from '../client/kafka-log.js';
import type { Commits, Fence, LedgerState } from './ledger-entry.js';
import { LEDGER_PARTITION, ledgerEntry } from './ledger-record.js';

const REQUEST_BYTES = 4 * 1024 * 1024;
const BROKER_WAITS = 250;
/** A transaction of somebody else that nobody ends is ended by the broker: within 15 minutes, unless it is configured otherwise. */
const LONGEST_WAIT = 16 * 60_000;
const WARN_AFTER = 5_000;

/** Reads the ledger topic, from its beginning the first time, and then on from where it was. */
export class LedgerReader {
  private readonly fences = new Map<string, Fence>();
  private readonly commits = new Map<string, Map<string, Commits>>();
  private position: bigint | undefined;

  constructor(
    private readonly connection: KafkaConnection,
    private readonly topic: string,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
    private readonly logger: Logger,
  ) {}

  /**
   * What has been committed about an id. Complete only for an id whose producer has just been initialised: no transaction of it is open
   * then. Those of others may be, and hide what is behind them, so they are waited for.
   *
   * @throws KafkaFailure
   */
  async read(transactionalId: string): Promise<LedgerState> {
    const committed = await openLog(this.connection, 'read-committed');
    try {
      await this.readTo(await this.end(), committed);
    } finally {
      await committed.close().catch(() => {});
    }
    return {
      fence: this.fences.get(transactionalId),
      commits: new Map(this.commits.get(transactionalId)),
    };
  }

  /** Behind everything that is there, committed or not. */
  private async end(): Promise<bigint> {
    const all = await openLog(this.connection, 'read-uncommitted');
    try {
      const ends = await all.offsets(this.topic, [LEDGER_PARTITION], 'latest');
      return ends.get(LEDGER_PARTITION) ?? 0n;
    } finally {
      await all.close().catch(() => {});
    }
  }

  private async readTo(end: bigint, log: KafkaLog): Promise<void> {
    const { topic, clock } = this;
    const first = (await log.offsets(topic, [LEDGER_PARTITION], 'earliest')).get(LEDGER_PARTITION) ?? 0n;
    const from = this.position ?? first;
    let position = from < first ? first : from;
    const began = clock.now();
    let warned = false;
    while (position < end) {
      if (this.signal.aborted) throw this.signal.reason;
      const node = log.leader(topic, LEDGER_PARTITION);
      if (node === undefined) throw waited('LEADER_NOT_AVAILABLE', topic);
      const wanted = [{ topic, partition: LEDGER_PARTITION, offset: position, maxBytes: REQUEST_BYTES }];
      const [found] = await log.fetch(node, wanted, { maxWaitTime: BROKER_WAITS, maxBytes: REQUEST_BYTES });
      for (const { key, value } of found?.records ?? []) this.take(key, value);
      position = found?.nextOffset ?? position;
      this.position = position;
      const elapsed = clock.now() - began;
      if (elapsed > LONGEST_WAIT) throw waited('LEDGER_NOT_READABLE', topic);
      if (elapsed > WARN_AFTER && !warned) {
        warned = true;
        this.logger.warn(
          { topic, position: `${position}`, end: `${end}` },
          'a transaction of another sink is open in the ledger and is waited for',
        );
      }
    }
  }

  private take(key: Uint8Array | null, value: Uint8Array | null): void {
    const entry = ledgerEntry(key, value);
    if (entry === undefined) return;
    const { transactionalId } = entry;
    if (entry.kind === 'fence') {
      this.fences.set(transactionalId, entry.fence);
      return;
    }
    const incarnations = this.commits.get(transactionalId) ?? new Map<string, Commits>();
    this.commits.set(transactionalId, incarnations.set(entry.incarnation, entry.commits));
  }
}

function waited(type: string, topic: string): KafkaFailure {
  return new KafkaFailure({ kind: 'broker', type, retriable: true, topic });
}
