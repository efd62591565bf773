import { randomUUID } from 'node:crypto';
import { SluiceError } from '@sluice/connector-sdk';
import { leaseSessionsOf } from '../recovery/identity.js';
import { endSessions } from '../recovery/old-sessions.js';
import { failureOf } from '../server/failure.js';
import { resourceOf } from '../server/resource.js';
import type { Session } from '../server/session.js';
import { begin, commit } from '../server/transaction.js';
import { COMPONENT } from './checkpoint-error.js';
import type { HeldLease } from './checkpoint-lease.js';
import type { CheckpointTables } from './checkpoint-tables.js';

/** Milliseconds for which a publication under way is waited for at a time, and how often: one that hangs is ended in between. */
const PUBLICATION_WAIT = 2_000;
const ATTEMPTS = 5;

/** The next epoch, by compare-and-set; then what runs before it had begun to write and never finished is deleted. */
export async function acquireLease(session: Session, tables: CheckpointTables, job: string): Promise<HeldLease> {
  const resource = await resourceOf(session);
  const taken = await takeNext(session, tables, job);
  await session.query(
    `DELETE FROM ${tables.parts} p WHERE p.job = $1 AND p.epoch < $2
        AND NOT EXISTS (SELECT FROM ${tables.blobs} b WHERE b.job = p.job AND b.epoch = p.epoch AND b.id = p.id)`,
    [job, taken.epoch],
  );
  return { job, ...taken, resource };
}

async function takeNext(
  session: Session,
  tables: CheckpointTables,
  job: string,
): Promise<Pick<HeldLease, 'epoch' | 'incarnation' | 'newest'>> {
  for (let attempt = 1; ; attempt++) {
    await begin(session, PUBLICATION_WAIT);
    try {
      const { rows } = await session.query<{ epoch: string; incarnation: string; newest: string }>(
        `INSERT INTO ${tables.leases} AS lease (job, incarnation, epoch, newest) VALUES ($1, $2, 1, 0)
         ON CONFLICT (job) DO UPDATE SET epoch = lease.epoch + 1 RETURNING epoch, incarnation, newest`,
        [job, randomUUID()],
      );
      await commit(session, COMPONENT);
      const [row] = rows;
      return { epoch: Number(row?.epoch), incarnation: row?.incarnation ?? '', newest: Number(row?.newest) };
    } catch (error) {
      await session.rollback();
      const isHeld = !SluiceError.isInstance(error) && failureOf(error).code === '55P03';
      if (!isHeld || attempt >= ATTEMPTS) throw error;
    }
    await endHolders(session, tables, job);
  }
}

/** Sessions of older leases: one of them publishes, with rows, and does not come to an end, since its process hangs or is gone. */
async function endHolders(session: Session, tables: CheckpointTables, job: string): Promise<void> {
  const { rows } = await session.query<{ incarnation: string }>(
    `SELECT incarnation FROM ${tables.leases} WHERE job = $1`,
    [job],
  );
  for (const { incarnation } of rows) await endSessions(session, leaseSessionsOf(incarnation), () => true);
}
