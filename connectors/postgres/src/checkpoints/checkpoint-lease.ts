import type { CheckpointLease, WithinPublication } from '@sluice/connector-sdk';
import { type LeaseIdentity, writeBlob } from './blob-writer.js';
import { badName, fenced } from './checkpoint-error.js';
import { checkBlobName, checkId, checkpointOfName } from './checkpoint-name.js';
import { checkpointReader, type Lend } from './checkpoint-reader.js';
import { checksum } from './checksum.js';
import { publishOnce } from './publication.js';

export interface HeldLease extends LeaseIdentity {
  readonly incarnation: string;
  /** The highest id ever published, as far as this lease knows. */
  readonly newest: number;
  /** Undefined: no sink can be told whether it writes to the same place. */
  readonly resource: string | undefined;
}

/** A lease that also tells which blobs there are, so that what dead runs left behind is found. */
export function checkpointLease(
  held: HeldLease,
  lend: Lend,
  close: () => Promise<void>,
): CheckpointLease & BlobListing {
  const { job, epoch, incarnation, resource } = held;
  let released = false;
  let { newest } = held;
  const refuseIfReleased = (): void => {
    if (released) throw fenced(epoch, 'a released one');
  };

  async function publish(checkpoint: number, manifest: Uint8Array, within?: WithinPublication): Promise<void> {
    checkId(checkpoint);
    if (checkpoint <= newest) throw notNewer(checkpoint, newest);
    refuseIfReleased();
    const bytes = Buffer.from(manifest);
    const publication = { job, epoch, checkpoint, bytes, checksum: checksum(bytes, job, checkpoint) };
    await publishOnce(lend, publication, within, () => released);
    newest = checkpoint;
  }

  async function remove(names: readonly string[]): Promise<void> {
    const checkpoints = names.map(checkpointOfName);
    refuseIfReleased();
    const blobs = names.filter((_, i) => checkpoints[i] === undefined);
    const manifests = checkpoints.filter((checkpoint) => checkpoint !== undefined);
    await lend('remove checkpoints', async (session, tables) => {
      const { rows } = await session.query<{ held: number }>(
        `WITH lease AS (SELECT 1 FROM ${tables.leases} WHERE job = $1 AND epoch = $2::bigint FOR SHARE),
              manifest AS (DELETE FROM ${tables.manifests} WHERE job = $1 AND checkpoint = ANY ($3::bigint[]) AND EXISTS (SELECT FROM lease)),
              blob AS (DELETE FROM ${tables.blobs} WHERE job = $1 AND name = ANY ($4::text[]) AND EXISTS (SELECT FROM lease) RETURNING epoch, id),
              part AS (DELETE FROM ${tables.parts} p USING blob b WHERE p.job = $1 AND p.epoch = b.epoch AND p.id = b.id)
         SELECT count(*)::int AS held FROM lease`,
        [job, epoch, manifests, blobs],
      );
      if (rows[0]?.held !== 1) throw fenced(epoch, 'a newer one');
    });
  }

  return {
    ...checkpointReader(job, lend),
    epoch,
    incarnation,
    resource,
    blobs: () =>
      lend('list the blobs', async (session, tables) => {
        const { rows } = await session.query<{ name: string }>(
          `SELECT name FROM ${tables.blobs} WHERE job = $1 ORDER BY name`,
          [job],
        );
        return rows.map(({ name }) => name);
      }),
    async write(name, chunks) {
      checkBlobName(name);
      refuseIfReleased();
      await lend('write a blob', (session, tables) => writeBlob(session, tables, held, name, chunks));
    },
    publish,
    remove,
    async release() {
      if (released) return;
      released = true;
      await close();
    },
  };
}

interface BlobListing {
  blobs(): Promise<readonly string[]>;
}

function notNewer(checkpoint: number, newest: number): Error {
  return badName(`an id above the newest checkpoint, ${newest}`, String(checkpoint));
}
