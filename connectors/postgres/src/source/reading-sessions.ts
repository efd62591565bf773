import { SluiceError } from '@sluice/connector-sdk';
import type { ConnectionOptions, Session } from '../server/session.js';
import { Sessions } from '../server/sessions.js';
import { statementFailure } from '../server/statement-failure.js';
import type { KeyRange } from './key-range.js';

/** Text of keys is read back as it was written, whatever the connection string sets. */
const AS_WRITTEN = `SELECT set_config('DateStyle', 'ISO, YMD', false), set_config('IntervalStyle', 'postgres', false),
  set_config('extra_float_digits', '1', false), set_config('bytea_output', 'hex', false), set_config('TimeZone', 'UTC', false)`;

/** Connections of one reader. */
export class ReadingSessions {
  private readonly pool: Sessions;
  private readonly ready = new WeakSet<Session>();
  /** With a snapshot: of each range, for as long as it is read, and the one that holds the snapshot. */
  private readonly held = new Map<number, Promise<Session>>();
  private leader: Promise<{ readonly session: Session; readonly snapshot: string }> | undefined;

  constructor(
    private readonly options: ConnectionOptions,
    private readonly snapshot: 'none' | 'exported',
  ) {
    this.pool = new Sessions(options);
  }

  async lend<R>(range: Pick<KeyRange, 'index'>, work: (session: Session) => Promise<R>): Promise<R> {
    if (this.snapshot === 'exported') return work(await this.inSnapshot(range.index));
    const session = await this.take();
    try {
      return await work(session);
    } finally {
      await this.pool.giveBack(session);
    }
  }

  /** Whether the range has been read to its end or left. */
  async done(range: Pick<KeyRange, 'index'>): Promise<void> {
    const session = await this.held.get(range.index)?.catch(() => undefined);
    this.held.delete(range.index);
    if (session === undefined) return;
    await session.rollback();
    await this.pool.giveBack(session);
  }

  /** As `Sessions.until`. */
  until<R>(signal: AbortSignal, work: () => Promise<R>): Promise<R> {
    return this.pool.until(signal, work);
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private inSnapshot(index: number): Promise<Session> {
    let session = this.held.get(index);
    if (session === undefined) {
      session = this.joinSnapshot();
      this.held.set(index, session);
    }
    return session;
  }

  private async joinSnapshot(): Promise<Session> {
    this.leader ??= this.lead();
    const { session: leader, snapshot } = await this.leader;
    const session = await this.take();
    try {
      if (leader.broken) throw snapshotLost(this.options.component);
      await beginReading(session);
      await session.query(`SET TRANSACTION SNAPSHOT '${snapshot}'`);
      return session;
    } catch (error) {
      await session.rollback();
      await this.pool.giveBack(session);
      throw statementFailure(this.options.component, 'to read in the snapshot of this run', error);
    }
  }

  /** Its transaction stays open to the end of the reader: others can join the snapshot only that long. */
  private async lead(): Promise<{ readonly session: Session; readonly snapshot: string }> {
    const session = await this.take();
    await beginReading(session);
    const { rows } = await session.query<{ snapshot: string }>('SELECT pg_export_snapshot() AS snapshot');
    const snapshot = rows[0]?.snapshot ?? '';
    // It stands as a literal in a statement that takes no bound parameter.
    if (!/^[0-9A-F-]{1,64}$/.test(snapshot)) throw snapshotLost(this.options.component);
    return { session, snapshot };
  }

  private async take(): Promise<Session> {
    const session = await this.pool.take();
    if (this.ready.has(session)) return session;
    await session.query(AS_WRITTEN);
    this.ready.add(session);
    return session;
  }
}

async function beginReading(session: Session): Promise<void> {
  await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  // No SELECT: a snapshot can only be joined before the first one.
  await session.query('SET LOCAL idle_in_transaction_session_timeout = 0');
}

function snapshotLost(component: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_POSTGRES_CONNECTION',
    component,
    expected: 'the snapshot of this run to be held until its end',
    actual: 'a connection that ended, and the snapshot with it',
    remedy:
      'look at the server and at the network to it; the job goes on from its latest checkpoint, in a new snapshot',
    transient: true,
  });
}
