import { join } from 'node:path';
import type { SinkContext, Transaction, TransactionalWriter } from '@sluice/connector-sdk';
import { bucketFolders } from './bucket.js';
import type { PartCommittable } from './part-committable.js';
import { PartFile, type PartFileParts } from './part-file.js';
import { notARecord } from './part-format.js';
import { superseded, writeFailure } from './sink-error.js';
import type { FileSinkSettings } from './sink-settings.js';
import type { TakeOver } from './take-over.js';

/** Bytes on their way to the disk at which the writer is full; it is no more once half of them have arrived. */
const FULL_BYTES = 8 * 1024 * 1024;
const TERMINATOR = Uint8Array.of(0x0a);

/**
 * Writes elements to the part file of their bucket. A part file outlives checkpoints: each one makes it durable and records its length, until
 * it is finished by size, age or inactivity.
 */
export class PartWriter<T> implements TransactionalWriter<T, PartCommittable> {
  /** A part that gets no element is in every checkpoint all the same, and may become old. */
  readonly everyEpoch = true;
  private readonly open = new Map<string, PartFile>();
  private readonly folders = new Map<string, true>();
  private finishing: { readonly part: PartFile; readonly length: Promise<number> }[] = [];
  /** Names of parts that a checkpoint, complete or not, may know. */
  private readonly prepared = new Set<string>();
  private readonly made = new Set<PartFile>();
  private readonly parts: PartFileParts;
  private underWay = 0;
  private room: { readonly free: Promise<void>; resolve(): void } | undefined;
  private failure: Promise<never> | undefined;

  constructor(
    private readonly settings: FileSinkSettings<T>,
    private readonly own: TakeOver,
    private readonly context: SinkContext<T>,
    restored: readonly PartCommittable[],
  ) {
    this.parts = {
      files: own.files,
      folder: own.folder.path,
      compression: settings.compression,
      queued: (bytes) => {
        this.underWay += bytes;
      },
      written: (bytes) => {
        this.underWay -= bytes;
        if (this.underWay <= FULL_BYTES / 2) this.free();
      },
      failed: (name, error) => {
        this.failure ??= this.told(join(own.folder.path, name), error).then((told) => {
          throw told;
        });
        this.failure.catch(() => {});
        this.free();
      },
    };
    for (const part of restored) this.continue(part);
  }

  begin(): Transaction<T, PartCommittable> {
    return {
      write: (value, timestamp) => this.write(value, timestamp),
      // An engine that does not say whether more follows asks for no transaction without elements either: nothing may stay open then.
      prepare: (_checkpoint: number, endOfInput = true) => this.prepare(endOfInput),
      // What was written stays hidden and is cut off when the files are taken over: a part has elements of earlier checkpoints too.
      abort: async () => {},
    };
  }

  async close(): Promise<void> {
    const parts = [...this.made];
    await Promise.all(parts.map((part) => part.settled()));
    await Promise.allSettled(parts.map((part) => part.close()));
    const { files, folder } = this.own;
    const unknown = this.context.durable ? ({ part }: PartFile) => !this.prepared.has(part.name) : () => true;
    for (const part of parts.filter(unknown)) await files.unlink(join(folder.path, part.part.name)).catch(() => {});
    // Fails while there is something in it, which then belongs to a checkpoint.
    await files.rmdir(folder.path).catch(() => {});
    if (this.context.durable) return;
    // No other run will ever ask for it.
    await files.unlink(folder.ledger).catch(() => {});
    for (const path of [folder.incarnation, folder.sink, folder.root]) await files.rmdir(path).catch(() => {});
  }

  private write(value: T, timestamp: number): Promise<void> | undefined {
    const { settings } = this;
    let bytes: Uint8Array;
    let bucket: string;
    try {
      bucket = settings.bucketOf(value, timestamp);
      if (!this.folders.has(bucket)) this.learn(bucket);
      bytes = settings.format.encode(value);
      // A text would be written as so many zeros.
      if (!(bytes instanceof Uint8Array)) throw notARecord(settings.component, '`format` to give bytes', typeof bytes);
    } catch (cause) {
      this.context.reject(value, cause);
      return undefined;
    }
    const now = this.context.clock.now();
    const part = this.partFor(bucket, now);
    part.write(bytes, now);
    part.write(TERMINATOR, now);
    if (part.size >= settings.maxBytes) this.finish(bucket, part);
    if (this.failure !== undefined) return this.failure;
    return this.underWay < FULL_BYTES ? undefined : this.whenFree();
  }

  private learn(bucket: string): void {
    bucketFolders(this.settings.component, bucket);
    if (this.folders.size > 10_000) this.folders.clear();
    this.folders.set(bucket, true);
  }

  private partFor(bucket: string, now: number): PartFile {
    const there = this.open.get(bucket);
    if (there !== undefined && !this.isDue(there, now)) {
      // Those that waited longest stand first.
      if (this.open.size > 1) {
        this.open.delete(bucket);
        this.open.set(bucket, there);
      }
      return there;
    }
    if (there !== undefined) this.finish(bucket, there);
    const [longest] = this.open;
    if (longest !== undefined && this.open.size >= this.settings.maxOpenBuckets) this.finish(...longest);
    const { own, settings } = this;
    const part = { incarnation: own.incarnation, bucket, name: own.newName(settings.extension), createdAt: now };
    const made = this.make(part, undefined);
    const { header } = settings.format;
    if (header !== undefined) made.write(header, now);
    return made;
  }

  private make(part: Omit<PartCommittable, 'kind' | 'bytes'>, continuedAt: number | undefined): PartFile {
    const made = new PartFile(this.parts, part, continuedAt, this.context.clock.now());
    this.open.set(part.bucket, made);
    this.made.add(made);
    return made;
  }

  /** One that this sink would write otherwise today is finished as it is. */
  private continue({ kind: _, bytes, ...part }: PartCommittable): void {
    this.prepared.add(part.name);
    const other = this.open.get(part.bucket);
    if (other !== undefined) this.finish(part.bucket, other);
    const continued = this.make(part, bytes);
    const { extension, prefix } = this.settings;
    const same = part.name.startsWith(`${prefix}-`) && part.name.slice(part.name.indexOf('.')) === extension;
    if (!same || bytes >= this.settings.maxBytes) this.finish(part.bucket, continued);
  }

  private isDue({ part, writtenAt }: PartFile, now: number): boolean {
    const { maxAgeMs, inactivityMs } = this.settings;
    return now - part.createdAt >= maxAgeMs || now - writtenAt >= inactivityMs;
  }

  private finish(bucket: string, part: PartFile): void {
    this.open.delete(bucket);
    this.finishing.push({ part, length: part.finish() });
  }

  private async prepare(endOfInput: boolean): Promise<readonly PartCommittable[]> {
    const now = this.context.clock.now();
    const all = endOfInput || this.settings.everyCheckpoint;
    for (const [bucket, part] of [...this.open]) if (all || this.isDue(part, now)) this.finish(bucket, part);
    // All of this before the first wait: elements behind the barrier may be written meanwhile.
    const finished = this.finishing;
    this.finishing = [];
    const lengths = finished.map(({ part, length }) => committableOf('finished', part, length));
    for (const part of this.open.values()) lengths.push(committableOf('open', part, part.sync()));
    const committables = await allOrFirst(lengths).catch((error) => this.failure ?? Promise.reject(error));
    for (const { part } of finished) this.made.delete(part);
    for (const { name } of committables) this.prepared.add(name);
    await this.syncNames();
    return committables;
  }

  private async syncNames(): Promise<void> {
    const { files, folder } = this.own;
    try {
      await files.syncDirectory(folder.path);
    } catch (error) {
      throw await this.told(folder.path, error);
    }
  }

  /** A folder of ours that is gone was taken by a newer run. */
  private async told(path: string, error: unknown): Promise<unknown> {
    const { component, files, folder, epoch } = this.own;
    const there = await files.entry(folder.path).catch(() => null);
    return there === undefined ? superseded(component, epoch) : writeFailure(component, path, error);
  }

  private whenFree(): Promise<void> {
    if (this.room === undefined) {
      let resolve = (): void => {};
      const free = new Promise<void>((done) => {
        resolve = done;
      }).then(() => this.failure);
      free.catch(() => {});
      this.room = { free, resolve };
    }
    return this.room.free;
  }

  private free(): void {
    this.room?.resolve();
    this.room = undefined;
  }
}

async function committableOf(
  kind: PartCommittable['kind'],
  { part }: PartFile,
  length: Promise<number>,
): Promise<PartCommittable> {
  return { kind, ...part, bytes: await length };
}

async function allOrFirst<R>(promises: readonly Promise<R>[]): Promise<R[]> {
  const settled = await Promise.allSettled(promises);
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}
