import { randomBytes, randomUUID } from 'node:crypto';
import { ByteReader, ByteWriter } from '@sluice/connector-sdk';
import { badName, damaged, errnoOf, isDamaged } from './checkpoint-failure.js';
import type { DurableFileSystem } from './durable-file.js';
import { wrap } from './envelope.js';
import { COMPONENT, type FileLayout, inside, prepareLayout } from './file-layout.js';
import { FileLease } from './file-lease.js';
import { fileReader, numbersIn, readRecord } from './file-reader.js';
import { revoke, revokeOlder, workFolder } from './file-revoke.js';

interface LeaseRecord {
  readonly job: string;
  readonly epoch: number;
  readonly incarnation: string;
}

/** Becomes the newest lease of the job, and revokes all before it. */
export async function acquireFileLease(
  fs: DurableFileSystem,
  layout: FileLayout,
  signal: AbortSignal,
): Promise<FileLease> {
  await prepareLayout(fs, layout);
  const { record, work } = await takeEpoch(fs, layout, signal);
  try {
    // Before anything is fenced with this epoch: a power failure must not give it out again.
    await fs.syncDirectory(layout.leases);
    await revokeOlder(fs, layout.work, record.epoch);
    // What the one before published last may be visible and not yet durable; whoever restores from it commits what it holds.
    await fs.syncDirectory(layout.checkpoints);
    const reader = fileReader(fs, layout);
    const newest = (await reader.list()).at(-1) ?? 0;
    signal.throwIfAborted();
    return new FileLease(fs, layout, reader, { ...record, work, newest });
  } catch (error) {
    await revoke(fs, work).catch(() => undefined);
    throw error;
  }
}

async function takeEpoch(
  fs: DurableFileSystem,
  layout: FileLayout,
  signal: AbortSignal,
): Promise<{ record: LeaseRecord; work: string }> {
  for (;;) {
    signal.throwIfAborted();
    const epochs = await numbersIn(fs, layout.leases);
    const epoch = (epochs.at(-1) ?? 0) + 1;
    const incarnation = (await incarnationOf(fs, layout, epochs)) ?? randomUUID();
    const record = { job: layout.job, epoch, incarnation };
    const work = inside(layout.work, workFolder(epoch, randomBytes(16).toString('hex')));
    await fs.mkdir(work);
    try {
      if (await linkLease(fs, layout, work, record)) return { record, work };
    } catch (error) {
      await revoke(fs, work).catch(() => undefined);
      throw error;
    }
    await revoke(fs, work);
  }
}

/** Answers false when somebody else has taken the epoch: by then they have the lease. */
async function linkLease(
  fs: DurableFileSystem,
  layout: FileLayout,
  work: string,
  record: LeaseRecord,
): Promise<boolean> {
  const name = String(record.epoch);
  const temporary = inside(work, 'lease');
  try {
    const file = await fs.create(temporary);
    try {
      await file.write(wrap('lease', name, encodeLease(record)));
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.link(temporary, inside(layout.leases, name));
    await fs.unlink(temporary);
    return true;
  } catch (error) {
    const errno = errnoOf(error);
    // ENOENT: a newer lease has removed the folder already.
    if (errno === 'EEXIST' || errno === 'ENOENT') return false;
    throw error;
  }
}

/** The same in every lease, so that a damaged one does no harm while another can be read. */
async function incarnationOf(
  fs: DurableFileSystem,
  layout: FileLayout,
  epochs: readonly number[],
): Promise<string | undefined> {
  let failure: unknown;
  for (const epoch of [...epochs].reverse()) {
    try {
      const bytes = await readRecord(fs, layout.leases, 'lease', String(epoch));
      const record = decodeLease(bytes);
      if (record.job === layout.job) return record.incarnation;
    } catch (error) {
      if (!isDamaged(error)) throw error;
      failure ??= error;
      continue;
    }
    throw badName(
      COMPONENT,
      `the checkpoints of ${layout.job} in ${layout.root}`,
      "another job's",
      'use another folder',
    );
  }
  if (failure !== undefined) throw failure;
  return undefined;
}

function encodeLease(record: LeaseRecord): Uint8Array {
  const writer = new ByteWriter(128);
  writer.string(record.job);
  writer.varint(record.epoch);
  writer.string(record.incarnation);
  return writer.finish();
}

function decodeLease(bytes: Uint8Array): LeaseRecord {
  try {
    const reader = new ByteReader(bytes);
    const record = { job: reader.string(), epoch: reader.varint(), incarnation: reader.string() };
    reader.end();
    return record;
  } catch (cause) {
    throw damaged(COMPONENT, 'a lease', 'another content', cause);
  }
}
