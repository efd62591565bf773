import { SluiceError } from '@sluice/connector-sdk';
import type { SharedTransaction } from '../server/resource.js';
import type { Session } from '../server/session.js';
import type { SinkIdentity } from './identity.js';

/** The row that says which run may write. Its holder is read FOR SHARE by every transaction, and moved by every start. */
export class Fence {
  constructor(
    readonly table: string,
    private readonly component: string,
    private readonly identity: SinkIdentity,
    private readonly epoch: number,
  ) {}

  /** Keeps the fence where it is until the transaction ends. @throws SLUICE_FENCED when it is not this run's. */
  async hold(session: SharedTransaction): Promise<void> {
    const { job, sink, incarnation } = this.identity;
    const { rowCount } = await session.query(
      `SELECT epoch FROM ${this.table} WHERE job = $1 AND sink = $2 AND incarnation = $3 AND epoch = $4 FOR SHARE`,
      [job, sink, incarnation, this.epoch],
    );
    if (rowCount !== 1) throw this.superseded();
  }

  /** Looks without waiting for anybody. @throws SLUICE_FENCED when a later run of this incarnation has it. */
  async refuseIfSuperseded(session: Session): Promise<void> {
    const { job, sink, incarnation } = this.identity;
    const { rowCount } = await session.query(
      `SELECT epoch FROM ${this.table} WHERE job = $1 AND sink = $2 AND incarnation = $3 AND epoch > $4`,
      [job, sink, incarnation, this.epoch],
    );
    if (rowCount !== 0) throw this.superseded();
  }

  /** Moves the fence here, for which it waits until no older transaction holds it. @throws SLUICE_FENCED */
  async advance(session: Session): Promise<void> {
    const { job, sink, incarnation } = this.identity;
    const { rowCount } = await session.query(
      `INSERT INTO ${this.table} AS fence (job, sink, incarnation, epoch) VALUES ($1, $2, $3, $4)
       ON CONFLICT (job, sink) DO UPDATE SET incarnation = EXCLUDED.incarnation, epoch = EXCLUDED.epoch
       WHERE fence.incarnation <> EXCLUDED.incarnation OR fence.epoch < EXCLUDED.epoch`,
      [job, sink, incarnation, this.epoch],
    );
    // Not moved: it is here already, when this start is repeated or another subtask was first, or it is further on.
    if (rowCount === 0) await this.hold(session);
  }

  private superseded(): SluiceError {
    return new SluiceError({
      code: 'SLUICE_FENCED',
      component: this.component,
      expected: `to be the only run of sink ${JSON.stringify(this.identity.sink)} of job ${JSON.stringify(this.identity.job)}, epoch ${this.epoch}`,
      actual: 'another run that has taken the fence over',
      remedy: 'stop this run, or stop the other one and start again',
    });
  }
}
