import { join } from 'node:path';
import type { CommitResult, Committer } from '@sluice/connector-sdk';
import { SluiceError } from '@sluice/connector-sdk';
import { bucketFolders } from './bucket.js';
import type { CommitLedger } from './commit-ledger.js';
import type { PartCommittable } from './part-committable.js';
import { makeFolder, renameIfThere } from './run-folder.js';
import { nameTaken, partLost, superseded, writeFailure } from './sink-error.js';
import { findPart, type TakeOver, takeOver } from './take-over.js';

const RETRY_AFTER = 500;

/** What the run is told. */
export interface CommitterEvents {
  /** The parts to go on with. */
  restored(open: readonly PartCommittable[]): void;
  closed(): void;
}

/** Makes finished parts visible: a rename out of the run's own folder, and then the names made durable. */
export function partCommitter(
  own: TakeOver,
  ledger: CommitLedger,
  events: CommitterEvents,
): Committer<PartCommittable> {
  const { component, files, folder, incarnation, epoch } = own;

  async function commit(part: PartCommittable): Promise<CommitResult> {
    if (part.kind === 'open') return { status: 'committed' };
    const bucket = await bucketFolder(part.bucket);
    const final = join(bucket, part.name);
    const source =
      part.incarnation === incarnation ? join(folder.path, part.name) : await findPart(files, folder, part);
    const waiting = source === undefined ? undefined : await files.entry(source);
    if (source === undefined || waiting === undefined) return committedBefore(part, bucket, final);
    if (waiting.size !== part.bytes) {
      return failed(partLost(component, part.name, `${waiting.size} bytes instead of ${part.bytes}`));
    }
    if ((await files.entry(final)) !== undefined) return failed(nameTaken(component, final, 'one'));
    await ledger.add(part);
    if (!(await renameIfThere(files, source, final))) return committedBefore(part, bucket, final);
    await files.syncDirectory(bucket);
    return { status: 'committed' };
  }

  async function committedBefore(part: PartCommittable, bucket: string, final: string): Promise<CommitResult> {
    const visible = await files.entry(final);
    if (visible !== undefined) {
      if (visible.size !== part.bytes) return failed(nameTaken(component, final, `one of ${visible.size} bytes`));
      // The crash may have come between the rename and this.
      await files.syncDirectory(bucket);
      return { status: 'alreadyCommitted', proof: `${final} has ${part.bytes} bytes` };
    }
    if ((await files.entry(folder.path)) === undefined) return failed(superseded(component, epoch));
    if (await ledger.has(part)) return { status: 'alreadyCommitted', proof: `${part.name} is in the ledger` };
    return failed(partLost(component, part.name, 'none'));
  }

  /** Made one by one, none of them through a link. */
  async function bucketFolder(bucket: string): Promise<string> {
    let path = folder.directory;
    for (const name of bucketFolders(component, bucket)) {
      const parent = path;
      path = join(parent, name);
      const entry = await files.entry(path);
      if (entry === undefined) await makeFolder(files, parent, path);
      else if (entry.kind !== 'directory')
        throw nameTaken(component, path, `a ${entry.kind === 'file' ? 'file' : 'link'}`);
    }
    return path;
  }

  return {
    async recover(restored) {
      try {
        events.restored(await takeOver(own, restored));
      } catch (error) {
        throw writeFailure(component, folder.path, error);
      }
    },
    async commit(part) {
      try {
        return await commit(part);
      } catch (error) {
        const cause = writeFailure(component, join(folder.directory, part.bucket, part.name), error);
        const passing = SluiceError.isInstance(cause) && cause.transient;
        return passing ? { status: 'retryLater', after: RETRY_AFTER, cause } : failed(cause);
      }
    },
    async close() {
      events.closed();
    },
  };
}

function failed(cause: unknown): CommitResult {
  return { status: 'failed', cause };
}
