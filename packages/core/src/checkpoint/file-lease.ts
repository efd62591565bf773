import type { CheckpointLease, CheckpointReader } from '@sluice/connector-sdk';
import { SluiceError } from '@sluice/connector-sdk';
import { writeBlobFile } from './blob-file.js';
import type { BlobListing } from './blob-listing.js';
import { badName, errnoOf, fenced, inDoubt, inputOutput, tooLarge } from './checkpoint-failure.js';
import { checkBlobName, checkName, checkNewer, checkpointOfName } from './checkpoint-name.js';
import type { DurableFileSystem, WritableFile } from './durable-file.js';
import { wrap } from './envelope.js';
import { COMPONENT, type FileLayout, inside } from './file-layout.js';
import { LONGEST_RECORD } from './file-reader.js';
import { revoke, unlinkIfThere } from './file-revoke.js';

export interface FileLeaseParts {
  readonly epoch: number;
  readonly incarnation: string;
  /** The lease's own folder: while it is there, the lease is the newest. */
  readonly work: string;
  /** The newest checkpoint when the lease was acquired; 0 when there was none. */
  readonly newest: number;
}

/** The right to change the files of one job. Everything it changes is a rename out of or into its own folder: see `FileLayout`. */
export class FileLease implements CheckpointLease, BlobListing {
  readonly epoch: number;
  readonly incarnation: string;
  readonly list: CheckpointReader['list'];
  readonly manifest: CheckpointReader['manifest'];
  readonly read: CheckpointReader['read'];
  private readonly work: string;
  private newest: number;
  private files = 0;
  private turn: Promise<void> = Promise.resolve();
  private fence: SluiceError | undefined;

  constructor(
    private readonly fs: DurableFileSystem,
    private readonly layout: FileLayout,
    reader: CheckpointReader,
    parts: FileLeaseParts,
  ) {
    this.epoch = parts.epoch;
    this.incarnation = parts.incarnation;
    this.work = parts.work;
    this.newest = parts.newest;
    this.list = reader.list;
    this.manifest = reader.manifest;
    this.read = reader.read;
  }

  blobs(): Promise<readonly string[]> {
    return this.attempt('list blobs', () => this.fs.readdir(this.layout.blobs));
  }

  async write(blob: string, chunks: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    checkBlobName(COMPONENT, blob);
    const path = inside(this.layout.blobs, blob);
    const temporary = await this.makeFile((file) => writeBlobFile(file, blob, chunks));
    try {
      await this.refuseToOverwrite(path);
      await this.attempt(`write ${path}`, () => this.fs.rename(temporary, path));
    } catch (error) {
      await this.discard(temporary);
      throw error;
    }
    await this.attempt(`sync ${this.layout.blobs}`, () => this.fs.syncDirectory(this.layout.blobs));
  }

  publish(checkpoint: number, manifest: Uint8Array): Promise<void> {
    return this.inTurn(() => this.publishNow(checkpoint, manifest));
  }

  remove(names: readonly string[]): Promise<void> {
    return this.inTurn(() => this.removeNow(names));
  }

  async release(): Promise<void> {
    try {
      await revoke(this.fs, this.work);
    } catch (error) {
      throw inputOutput(COMPONENT, `remove ${this.work}`, error);
    }
  }

  private async publishNow(checkpoint: number, manifest: Uint8Array): Promise<void> {
    checkNewer(COMPONENT, checkpoint, this.newest);
    if (manifest.length > LONGEST_RECORD / 2) {
      throw tooLarge(COMPONENT, 'a manifest', LONGEST_RECORD / 2, manifest.length);
    }
    const { checkpoints } = this.layout;
    const path = inside(checkpoints, String(checkpoint));
    const bytes = wrap('manifest', String(checkpoint), manifest);
    const temporary = await this.makeFile((file) => file.write(bytes));
    try {
      await this.attempt(`publish ${path}`, () => this.fs.rename(temporary, path));
    } catch (error) {
      const absent = await this.certainlyAbsent(path);
      await this.discard(temporary);
      if (absent || isFenced(error)) throw error;
      this.newest = checkpoint;
      throw inDoubt(COMPONENT, checkpoint, error);
    }
    this.newest = checkpoint;
    try {
      await this.fs.syncDirectory(checkpoints);
    } catch (error) {
      throw inDoubt(COMPONENT, checkpoint, error);
    }
  }

  private async removeNow(names: readonly string[]): Promise<void> {
    for (const name of names) checkName(COMPONENT, name);
    const { blobs, checkpoints } = this.layout;
    const manifests = names.map(checkpointOfName).filter((id) => id !== undefined);
    await this.refuseIfRevoked();
    const gone: string[] = [];
    for (const id of manifests) gone.push(...(await this.take(inside(checkpoints, String(id)))));
    // A manifest that came back after a power failure, without its blobs, would be a damaged checkpoint.
    if (manifests.length > 0) await this.attempt(`sync ${checkpoints}`, () => this.fs.syncDirectory(checkpoints));
    for (const name of names) {
      if (checkpointOfName(name) === undefined) gone.push(...(await this.take(inside(blobs, name))));
    }
    for (const path of gone) await this.attempt(`remove ${path}`, () => unlinkIfThere(this.fs, path));
  }

  /** A removal that overtook a publication given up on would leave a manifest without its blobs. */
  private inTurn(action: () => Promise<void>): Promise<void> {
    const done = this.turn.then(action);
    this.turn = done.catch(() => undefined);
    return done;
  }

  /** A file in the lease's own folder, its content durable. */
  private async makeFile(fill: (file: WritableFile) => Promise<void>): Promise<string> {
    const path = this.ownFile();
    const file = await this.attempt(`make ${path}`, () => this.fs.create(path));
    // Each call by itself: what the chunks' own iterable throws is not the disk's failure.
    const failed = (error: unknown): never => {
      throw inputOutput(COMPONENT, `write ${path}`, error);
    };
    const write = (bytes: Uint8Array) => file.write(bytes).catch(failed);
    try {
      await fill({ ...file, write });
      await file.sync().catch(failed);
      await file.close().catch(failed);
      return path;
    } catch (error) {
      await file.close().catch(() => undefined);
      await this.discard(path);
      throw error;
    }
  }

  /** Takes a file away into the lease's own folder. Answers where it is now; nothing when it was gone already. */
  private async take(path: string): Promise<string[]> {
    const own = this.ownFile();
    try {
      await this.fs.rename(path, own);
      return [own];
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw inputOutput(COMPONENT, `remove ${path}`, error);
      await this.refuseIfRevoked();
      return [];
    }
  }

  private ownFile(): string {
    return inside(this.work, `f${++this.files}`);
  }

  private async discard(path: string): Promise<void> {
    // What stays behind is removed with the folder.
    await unlinkIfThere(this.fs, path).catch(() => undefined);
  }

  /** Only this lease makes blobs, so none can come between the look and the rename. */
  private async refuseToOverwrite(path: string): Promise<void> {
    const there = await this.attempt(`look at ${path}`, () => exists(this.fs, path));
    if (!there) return;
    throw badName(COMPONENT, 'the name of a new blob', path, 'give every blob a name of its own, made with blobName()');
  }

  private async certainlyAbsent(path: string): Promise<boolean> {
    try {
      return !(await exists(this.fs, path));
    } catch {
      return false;
    }
  }

  private async attempt<R>(doing: string, action: () => Promise<R>): Promise<R> {
    this.refuseIfFenced();
    try {
      return await action();
    } catch (error) {
      await this.refuseIfRevoked(error);
      throw inputOutput(COMPONENT, doing, error);
    }
  }

  /** A newer lease is there before the first of our files is taken away, so there is no moment at which neither is to be seen. */
  private async refuseIfRevoked(cause?: unknown): Promise<void> {
    this.refuseIfFenced();
    let superseded: boolean;
    try {
      superseded = await exists(this.fs, inside(this.layout.leases, String(this.epoch + 1)));
      if (!superseded && (await exists(this.fs, this.work))) return;
    } catch (error) {
      throw inputOutput(COMPONENT, `look at ${this.work}`, cause ?? error);
    }
    this.fence = fenced(
      COMPONENT,
      this.epoch,
      superseded ? 'a newer one' : `a released one, ${this.work} is gone`,
      cause,
    );
    throw this.fence;
  }

  /** Once told, always told: while a newer lease is still taking the folder away, another attempt could succeed. */
  private refuseIfFenced(): void {
    if (this.fence !== undefined) throw this.fence;
  }
}

async function exists(fs: DurableFileSystem, path: string): Promise<boolean> {
  try {
    await fs.kindOf(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function isFenced(error: unknown): boolean {
  return SluiceError.isInstance(error) && error.code === 'SLUICE_FENCED';
}
