import { randomUUID } from 'node:crypto';
import type { Session } from '../server/session.js';
import { DURABLE } from '../server/transaction.js';
import { badName, fenced } from './checkpoint-error.js';
import type { CheckpointTables } from './checkpoint-tables.js';
import { checksum } from './checksum.js';

/** Bytes of a part: hashed and sent in one go. */
const PART_BYTES = 512 * 1024;

/** Whose blobs. */
export interface LeaseIdentity {
  readonly job: string;
  readonly epoch: number;
}

/**
 * Writes a blob, part by part; its last part goes with the row that makes them a blob. Each statement is a transaction of its own that
 * looks at the lease: a process that stops in the middle holds no lock that its successor would have to wait for.
 *
 * @throws SLUICE_FENCED, SLUICE_CHECKPOINT_NAME for a name that is taken, and what the chunks throw.
 */
export async function writeBlob(
  session: Session,
  tables: CheckpointTables,
  { job, epoch }: LeaseIdentity,
  name: string,
  chunks: AsyncIterable<Uint8Array> | Uint8Array,
): Promise<void> {
  const id = randomUUID();
  const sums: Buffer[] = [];
  const seal = (bytes: Uint8Array): Buffer => {
    const sum = checksum(bytes, id, sums.length);
    sums.push(sum);
    return sum;
  };
  try {
    for await (const { bytes, last } of inParts(chunks)) {
      const part = sums.length;
      const sum = seal(bytes);
      if (!last) {
        const { rowCount } = await session.query(
          `INSERT INTO ${tables.parts} (job, epoch, id, part, bytes, checksum)
           SELECT $1, $2::bigint, $3, $4, $5, $6 WHERE EXISTS (SELECT FROM ${tables.leases} WHERE job = $1 AND epoch = $2::bigint)`,
          [job, epoch, id, part, bytes, sum],
        );
        if (rowCount !== 1) throw fenced(epoch, 'a newer one');
        continue;
      }
      const whole = checksum(Buffer.concat(sums), job, name, sums.length);
      const { rowCount } = await session.query(
        `WITH lease AS (SELECT ${DURABLE} FROM ${tables.leases} WHERE job = $1 AND epoch = $2::bigint FOR SHARE),
              blob AS (INSERT INTO ${tables.blobs} (job, name, epoch, id, parts, checksum)
                       SELECT $1, $7, $2::bigint, $3, $4 + 1, $8 FROM lease ON CONFLICT DO NOTHING RETURNING 1)
         INSERT INTO ${tables.parts} (job, epoch, id, part, bytes, checksum) SELECT $1, $2::bigint, $3, $4, $5, $6 FROM blob`,
        [job, epoch, id, part, bytes, sum, name, whole],
      );
      if (rowCount !== 1) throw await whyNotWritten(session, tables, { job, epoch }, name);
    }
  } catch (error) {
    if (!session.broken) await deleteParts(session, tables, { job, epoch }, id);
    throw error;
  }
}

async function whyNotWritten(
  session: Session,
  tables: CheckpointTables,
  { job, epoch }: LeaseIdentity,
  name: string,
): Promise<Error> {
  const { rowCount } = await session.query(`SELECT FROM ${tables.leases} WHERE job = $1 AND epoch = $2`, [job, epoch]);
  return rowCount === 1
    ? badName('the name of a new blob', `${name}, which is there already`)
    : fenced(epoch, 'a newer one');
}

async function deleteParts(
  session: Session,
  tables: CheckpointTables,
  { job, epoch }: LeaseIdentity,
  id: string,
): Promise<void> {
  // What cannot be deleted now belongs to no blob, and is deleted when the job is next acquired.
  await session
    .query(`DELETE FROM ${tables.parts} WHERE job = $1 AND epoch = $2 AND id = $3`, [job, epoch, id])
    .catch(() => {});
}

interface Part {
  readonly bytes: Buffer;
  readonly last: boolean;
}

/** Copies of the chunks in parts of one size; the last may be smaller, or empty. */
async function* inParts(chunks: AsyncIterable<Uint8Array> | Uint8Array): AsyncGenerator<Part> {
  let filling = Buffer.allocUnsafe(PART_BYTES);
  let filled = 0;
  for await (const chunk of chunks instanceof Uint8Array ? [chunks] : chunks) {
    for (let at = 0; at < chunk.length; ) {
      if (filled === PART_BYTES) {
        yield { bytes: filling, last: false };
        filling = Buffer.allocUnsafe(PART_BYTES);
        filled = 0;
      }
      const piece = chunk.subarray(at, at + PART_BYTES - filled);
      filling.set(piece, filled);
      filled += piece.length;
      at += piece.length;
    }
  }
  yield { bytes: filling.subarray(0, filled), last: true };
}
