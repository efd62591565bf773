import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError, type WithinPublication } from '@sluice/connector-sdk';
import { failureOf, isConnectionFailure, PostgresFailure } from '../server/failure.js';
import type { Session } from '../server/session.js';
import { begin, commit, DURABLE } from '../server/transaction.js';
import type { LeaseIdentity } from './blob-writer.js';
import { COMPONENT, fenced, inDoubt } from './checkpoint-error.js';
import type { Lend } from './checkpoint-reader.js';
import type { CheckpointTables } from './checkpoint-tables.js';

/** A manifest on its way. */
export interface Publication extends LeaseIdentity {
  readonly checkpoint: number;
  readonly bytes: Buffer;
  readonly checksum: Buffer;
}

/** How often it is tried, and how long is waited between: a server that was killed has come back by then. */
const ATTEMPTS = 9;
const FIRST_DELAY = 50;
const LONGEST_DELAY = 3_000;
/** Milliseconds for which an earlier attempt that the server still works on is waited for. */
const LEASE_WAIT = 10_000;

/** What is known of an attempt. */
interface Attempt {
  readonly number: number;
  /** Its last statement has been sent: without an answer nobody knows whether the checkpoint is there. */
  sent: boolean;
  /** It has seen that no attempt before it was carried out. */
  looked: boolean;
}

/**
 * Publishes once, however often it is tried. What passes by itself is tried again; when the connection broke after the last statement had
 * been sent, the next attempt looks what became of it.
 *
 * @throws SLUICE_FENCED; SLUICE_CHECKPOINT_IN_DOUBT when the server does not come back to be asked; SLUICE_CHECKPOINT_IO; what `within` throws
 */
export async function publishOnce(
  lend: Lend,
  publication: Publication,
  within: WithinPublication | undefined,
  isOver: () => boolean,
): Promise<void> {
  let doubt: PostgresFailure | undefined;
  for (let number = 1; ; number++) {
    const attempt: Attempt = { number, sent: false, looked: false };
    try {
      return await lend('publish a checkpoint', (session, tables) =>
        within === undefined
          ? inOneStatement(session, tables, publication, attempt)
          : inOneTransaction(session, tables, publication, within, attempt),
      );
    } catch (error) {
      if (attempt.looked) doubt = undefined;
      if (attempt.sent) doubt = lostAnswer(error) ?? doubt;
      if (!passes(error) || number >= ATTEMPTS || isOver()) {
        throw doubt === undefined || isFenced(error) ? error : inDoubt(publication.checkpoint, doubt);
      }
      await sleep(Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** number));
    }
  }
}

/** Takes effect as a whole. One that comes late, behind the attempt after it, meets its own manifest and changes nothing. */
async function inOneStatement(
  session: Session,
  tables: CheckpointTables,
  publication: Publication,
  attempt: Attempt,
): Promise<void> {
  const { job, epoch, checkpoint, bytes, checksum } = publication;
  attempt.sent = true;
  try {
    const { rowCount } = await session.query(
      `WITH lease AS (UPDATE ${tables.leases} SET newest = $3::bigint
                       WHERE job = $1 AND epoch = $2::bigint RETURNING ${DURABLE})
       INSERT INTO ${tables.manifests} (job, epoch, checkpoint, bytes, checksum) SELECT $1, $2::bigint, $3::bigint, $4, $5 FROM lease`,
      [job, epoch, checkpoint, bytes, checksum],
    );
    if (rowCount !== 1) throw fenced(epoch, 'a newer one');
  } catch (error) {
    const isTaken = !SluiceError.isInstance(error) && failureOf(error).code === '23505';
    if (!isTaken || !(await isThere(session, tables, publication))) throw error;
  }
}

/**
 * The lease first, and locked to the end: a superseded one writes nothing, nobody takes it over in the middle, and an attempt before this
 * one, which the server may still have been busy with, is over once the lock is had.
 */
async function inOneTransaction(
  session: Session,
  tables: CheckpointTables,
  publication: Publication,
  within: WithinPublication,
  attempt: Attempt,
): Promise<void> {
  const { job, epoch, checkpoint, bytes, checksum } = publication;
  await begin(session, LEASE_WAIT);
  try {
    const { rowCount } = await session.query(
      `UPDATE ${tables.leases} SET newest = $3::bigint WHERE job = $1 AND epoch = $2::bigint`,
      [job, epoch, checkpoint],
    );
    if (rowCount !== 1) throw fenced(epoch, 'a newer one');
    if (attempt.number > 1 && (await isThere(session, tables, publication))) return await session.rollback();
    attempt.looked = true;
    await within(session);
    await session.query(
      `INSERT INTO ${tables.manifests} (job, epoch, checkpoint, bytes, checksum) VALUES ($1, $2, $3, $4, $5)`,
      [job, epoch, checkpoint, bytes, checksum],
    );
    attempt.sent = true;
    await commit(session, COMPONENT);
  } catch (error) {
    await session.rollback();
    throw error;
  }
}

async function isThere(session: Session, tables: CheckpointTables, publication: Publication): Promise<boolean> {
  const { job, epoch, checkpoint, checksum } = publication;
  const { rowCount } = await session.query(
    `SELECT FROM ${tables.manifests} WHERE job = $1 AND epoch = $2 AND checkpoint = $3 AND checksum = $4`,
    [job, epoch, checkpoint, checksum],
  );
  return rowCount === 1;
}

/** Soon, and by itself: a full disk does not, so whoever watches the job is told. */
function passes(error: unknown): boolean {
  return SluiceError.isInstance(error) && error.transient && error.code !== 'SLUICE_POSTGRES_DISK_FULL';
}

function lostAnswer(error: unknown): PostgresFailure | undefined {
  const cause = SluiceError.isInstance(error) ? error.cause : error;
  return cause instanceof PostgresFailure && isConnectionFailure(cause) ? cause : undefined;
}

function isFenced(error: unknown): boolean {
  return SluiceError.isInstance(error) && error.code === 'SLUICE_FENCED';
}
