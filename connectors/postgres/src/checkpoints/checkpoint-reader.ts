import type { CheckpointReader } from '@sluice/connector-sdk';
import type { Session } from '../server/session.js';
import { damaged, storageFailure } from './checkpoint-error.js';
import { checkBlobName, checkId } from './checkpoint-name.js';
import type { CheckpointTables } from './checkpoint-tables.js';
import { checksum } from './checksum.js';

/** Lends a connection for one piece of work. */
export type Lend = <R>(doing: string, work: (session: Session, tables: CheckpointTables) => Promise<R>) => Promise<R>;

export function checkpointReader(job: string, lend: Lend): CheckpointReader {
  return {
    list: () =>
      lend('list the checkpoints', async (session, tables) => {
        const { rows } = await session.query<{ checkpoint: string }>(
          `SELECT checkpoint FROM ${tables.manifests} WHERE job = $1 ORDER BY checkpoint`,
          [job],
        );
        return rows.map(({ checkpoint }) => Number(checkpoint));
      }),
    async manifest(checkpoint) {
      checkId(checkpoint);
      return lend('read a manifest', (session, tables) => readManifest(session, tables, job, checkpoint));
    },
    async *read(name) {
      checkBlobName(name);
      const blob = await lend('read a blob', (session, tables) => findBlob(session, tables, job, name));
      const sums: Buffer[] = [];
      for (let part = 0; part < blob.parts; part++) {
        const { bytes, sum } = await lend('read a blob', (session, tables) =>
          readPart(session, tables, job, blob, part),
        );
        sums.push(sum);
        // Before the last part is out, all of them are known to be those that were written.
        if (part + 1 === blob.parts && !checksum(Buffer.concat(sums), job, name, blob.parts).equals(blob.checksum)) {
          throw damaged(`blob ${name}`, 'another checksum');
        }
        if (bytes.length > 0) yield bytes;
      }
    },
  };
}

async function readManifest(
  session: Session,
  tables: CheckpointTables,
  job: string,
  checkpoint: number,
): Promise<Buffer> {
  const { rows } = await session.query<{ bytes: Buffer; checksum: Buffer }>(
    `SELECT bytes, checksum FROM ${tables.manifests} WHERE job = $1 AND checkpoint = $2`,
    [job, checkpoint],
  );
  const row = rows[0];
  if (!row) throw damaged(`checkpoint ${checkpoint}`, 'no such checkpoint');
  if (!checksum(row.bytes, job, checkpoint).equals(row.checksum))
    throw damaged(`checkpoint ${checkpoint}`, 'another checksum');
  return row.bytes;
}

interface Blob {
  readonly name: string;
  readonly epoch: string;
  readonly id: string;
  readonly parts: number;
  readonly checksum: Buffer;
}

async function findBlob(session: Session, tables: CheckpointTables, job: string, name: string): Promise<Blob> {
  const { rows } = await session.query<Blob>(
    `SELECT name, epoch, id, parts, checksum FROM ${tables.blobs} WHERE job = $1 AND name = $2`,
    [job, name],
  );
  if (!rows[0]) throw damaged(`blob ${name}`, 'no such blob');
  if (rows[0].parts < 1) throw damaged(`blob ${name}`, `${rows[0].parts} parts`);
  return rows[0];
}

async function readPart(
  session: Session,
  tables: CheckpointTables,
  job: string,
  { name, epoch, id }: Blob,
  part: number,
): Promise<{ readonly bytes: Buffer; readonly sum: Buffer }> {
  const { rows } = await session.query<{ bytes: Buffer; checksum: Buffer }>(
    `SELECT bytes, checksum FROM ${tables.parts} WHERE job = $1 AND epoch = $2 AND id = $3 AND part = $4`,
    [job, epoch, id, part],
  );
  const row = rows[0];
  if (!row) throw damaged(`blob ${name}`, `no part ${part}`);
  const sum = checksum(row.bytes, id, part);
  if (!sum.equals(row.checksum)) throw damaged(`blob ${name}`, `another checksum of part ${part}`);
  return { bytes: row.bytes, sum };
}

export async function passingOn<R>(doing: string, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    throw storageFailure(doing, error);
  }
}
