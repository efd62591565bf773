import { type Clock, type Logger, SluiceError } from '@sluice/connector-sdk';
import type { RowTarget } from '../committable.js';
import type { RowChunk } from '../encode/row-chunk.js';
import type { Fence } from '../recovery/fence.js';
import type { TransactionIdentity } from '../recovery/identity.js';
import type { Ledger } from '../recovery/ledger.js';
import { RowWriter } from '../rows/row-writer.js';
import { failureOf, isConnectionFailure } from '../server/failure.js';
import type { Session } from '../server/session.js';
import type { Sessions } from '../server/sessions.js';
import { statementFailure } from '../server/statement-failure.js';
import { begin, prepareTransaction } from '../server/transaction.js';
import type { SinkSettings } from '../sink-settings.js';
import { rollbackPrepared } from './finish-prepared.js';
import { prepareFailure } from './prepare-failure.js';

/** Statements that wait or are under way when the writer says that it is full, and when it says that it no longer is. */
const FULL = 4;
const ROOM = 2;
/** Milliseconds that the statement under way of an epoch that has been given up may take by itself, and once it has been interrupted. */
const PATIENCE = 500;
const ANSWER_TIMEOUT = 3_000;

export interface EpochParts {
  readonly settings: Pick<SinkSettings<unknown>, 'component' | 'lockTimeout'>;
  readonly fence: Fence;
  readonly ledger: Ledger;
  readonly sessions: Sessions;
  readonly logger: Logger;
  readonly clock: Clock;
}

/**
 * The server's side of one epoch: on a connection of its own from the first statement until it is prepared or rolled back.
 *
 *   unopened ──insert──▶ open ──prepare──▶ preparing ──▶ prepared
 *       └────────abort────┴───────abort───────┴──abort─────┴────▶ gone
 */
export class EpochTransaction {
  /** Set while the writer is full. It rejects as soon as the transaction has failed. */
  pressure: Promise<void> | undefined;
  #session: Session | undefined;
  #writer: RowWriter | undefined;
  /** The statements, one after the other. */
  #work: Promise<void> = Promise.resolve();
  #waiting = 0;
  #relieve = () => {};
  #failure: unknown;
  #aborted: Promise<void> | undefined;
  #interrupted = false;
  /** Set from the moment when the server may have got the PREPARE. */
  #gid: string | undefined;

  constructor(
    private readonly parts: EpochParts,
    private readonly target: RowTarget,
  ) {}

  /** `accepted` answers the rows of the chunk that the server takes, when that has to be asked first: what it refuses fails everything. */
  insert(chunk: RowChunk, accepted?: () => Promise<RowChunk>): void {
    this.#enqueue(async () => {
      const taken = accepted === undefined ? chunk : await accepted();
      if (taken.rows === 0) return;
      const session = await this.#open();
      this.#writer ??= new RowWriter(session, this.target);
      await this.#writer.write(taken);
    });
  }

  async prepare(transaction: TransactionIdentity, gid: string): Promise<void> {
    const { settings, ledger, sessions } = this.parts;
    this.#enqueue(async () => {
      const session = await this.#open();
      await ledger.record(session, transaction);
      if (this.#aborted) throw aborted(settings.component);
      this.#gid = gid;
      try {
        await prepareTransaction(session, settings.component, gid);
      } catch (error) {
        // Unless the connection broke, the answer says for certain that nothing has been prepared.
        if (SluiceError.isInstance(error) || !isConnectionFailure(failureOf(error))) this.#gid = undefined;
        throw prepareFailure(settings.component, error);
      }
      // A prepared transaction belongs to no session.
      this.#session = undefined;
      await sessions.giveBack(session);
    });
    await this.#work;
    if (this.#failure !== undefined) throw this.#failure;
    // It has been prepared, and is about to be rolled back: whoever put it into a checkpoint would have lost its rows.
    if (this.#aborted) throw aborted(settings.component);
  }

  /** Leaves nothing behind, whichever statement is under way. */
  abort(): Promise<void> {
    this.#aborted ??= this.#undo();
    return this.#aborted;
  }

  async #undo(): Promise<void> {
    // Until the statement under way has been answered, the server holds its locks whatever is done here.
    await this.#workOrGiveUp();
    this.#relieve();
    await this.#end();
    if (this.#gid === undefined) return;
    try {
      await this.#rollbackPrepared(this.#gid);
    } catch (error) {
      // The next start finds it and rolls it back, before it writes anything; until then its locks stay.
      const cause = statementFailure(this.parts.settings.component, 'to roll a prepared transaction back', error);
      this.parts.logger.warn(
        { gid: this.#gid, cause: cause.message },
        'a prepared transaction is left to the next start',
      );
    }
  }

  /**
   * A server that answers nothing at all must not keep the run from ending. One that waits for a lock is told not to: once the connection
   * were closed it would go on waiting, and holding those it has.
   */
  async #workOrGiveUp(): Promise<void> {
    if (await this.#answeredWithin(PATIENCE)) return;
    void this.#interrupt().catch(() => {});
    if (!(await this.#answeredWithin(ANSWER_TIMEOUT))) await this.parts.sessions.close();
    await this.#work;
  }

  async #answeredWithin(ms: number): Promise<boolean> {
    const answered = new AbortController();
    void this.#work.then(() => answered.abort());
    return this.parts.clock.sleep(ms, answered.signal).then(
      () => false,
      () => true,
    );
  }

  async #interrupt(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    await this.parts.sessions.aside(ANSWER_TIMEOUT, async (other) => {
      // It may come late, so nobody uses that connection any more.
      if (session === this.#session) this.#interrupted = true;
      if (this.#interrupted) await other.query('SELECT pg_cancel_backend($1)', [session.serverProcess]);
    });
  }

  /** The idle connections may be of no use: there may have been no answer on one of them. */
  #rollbackPrepared(gid: string): Promise<void> {
    const { sessions, settings } = this.parts;
    return sessions.aside(ANSWER_TIMEOUT, (other) => rollbackPrepared(other, settings.component, gid));
  }

  async #end(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    if (!session) return;
    if (this.#interrupted) await session.close();
    else await session.rollback();
    await this.parts.sessions.giveBack(session);
  }

  async #open(): Promise<Session> {
    if (this.#session) return this.#session;
    this.#session = await this.parts.sessions.take();
    await begin(this.#session, this.parts.settings.lockTimeout);
    await this.parts.fence.hold(this.#session);
    return this.#session;
  }

  #enqueue(statement: () => Promise<void>): void {
    if (this.#failure !== undefined) return;
    this.#waiting++;
    if (this.#waiting >= FULL && this.pressure === undefined) this.#press();
    this.#work = this.#work.then(async () => {
      try {
        if (this.#aborted) throw aborted(this.parts.settings.component);
        if (this.#failure === undefined) await statement();
      } catch (error) {
        await this.#fail(error);
      }
      this.#waiting--;
      if (this.#waiting <= ROOM) this.#relieve();
    });
  }

  #press(): void {
    this.pressure = new Promise((resolve) => {
      this.#relieve = () => {
        if (this.#failure === undefined) this.pressure = undefined;
        resolve();
      };
    });
  }

  /** Every later write and the prepare answer with the first failure; the locks are given up now. */
  async #fail(error: unknown): Promise<void> {
    if (this.#failure !== undefined) return;
    this.#failure = statementFailure(this.parts.settings.component, 'the rows of an epoch to be inserted', error);
    this.#relieve();
    this.pressure = Promise.reject(this.#failure);
    this.pressure.catch(() => {});
    await this.#end();
  }
}

function aborted(component: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_POSTGRES_ABORTED',
    component,
    expected: 'the epoch to be prepared',
    actual: 'an epoch that has been given up',
    remedy: 'nothing: the run that gave it up says why',
  });
}
