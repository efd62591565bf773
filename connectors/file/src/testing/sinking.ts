import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Clock, SinkContext, Transaction, TransactionalSink } from '@sluice/connector-sdk';
import type { PartCommittable } from '../sink/part-committable.js';
import { contextWith } from './reading.js';

export interface Rejected {
  readonly value: unknown;
  readonly cause: unknown;
}

/** What a run of a job does with a sink, call by call. */
export class SinkRun<T> {
  readonly rejected: Rejected[] = [];
  readonly context: SinkContext<T>;
  #checkpoint = 0;
  #current: Transaction<T, PartCommittable> | undefined;

  constructor(
    private readonly sink: TransactionalSink<T, PartCommittable>,
    parts: Partial<SinkContext<T>> = {},
  ) {
    this.context = {
      ...contextWith(parts),
      restoredState: [],
      reject: (value, cause) => void this.rejected.push({ value, cause }),
      requestCheckpoint: () => {},
      ...parts,
    };
  }

  #writer: Awaited<ReturnType<TransactionalSink<T, PartCommittable>['open']>> | undefined;
  #committer: Awaited<ReturnType<TransactionalSink<T, PartCommittable>['openCommitter']>> | undefined;

  async start(restored: readonly PartCommittable[] = []): Promise<this> {
    await this.sink.check?.(this.context);
    this.#committer = await this.sink.openCommitter(this.context);
    await this.#committer.recover(restored);
    await this.commit(restored);
    this.#writer = await this.sink.open(this.context);
    return this;
  }

  async write(...values: readonly T[]): Promise<void> {
    for (const value of values) await this.writeAt(value, Number.NaN);
  }

  async writeAt(value: T, timestamp: number): Promise<void> {
    this.#current ??= this.#begin();
    await this.#current.write(value, timestamp);
  }

  /** `endOfInput` undefined: as an engine that does not say. */
  prepare(endOfInput?: boolean): Promise<readonly PartCommittable[]> {
    const transaction = this.#current ?? this.#begin();
    this.#current = undefined;
    const prepare = transaction.prepare as (n: number, end?: boolean) => Promise<readonly PartCommittable[]>;
    return prepare(++this.#checkpoint, endOfInput);
  }

  /** The statuses that the committer answered; fails with the cause of one that failed. */
  async commit(committables: readonly PartCommittable[]): Promise<string[]> {
    const statuses: string[] = [];
    for (const committable of committables) {
      const result = await this.#committer?.commit(committable);
      if (result?.status === 'failed') throw result.cause;
      statuses.push(result?.status ?? 'closed');
    }
    return statuses;
  }

  async checkpoint(endOfInput = false): Promise<readonly PartCommittable[]> {
    const committables = await this.prepare(endOfInput);
    await this.commit(committables);
    return committables;
  }

  async close(): Promise<void> {
    await this.#current?.abort();
    await this.#writer?.close();
    await this.#committer?.close();
  }

  #begin(): Transaction<T, PartCommittable> {
    if (this.#writer === undefined) throw new Error('not started');
    return this.#writer.begin();
  }
}

/** What a reader sees: names relative to the folder, in the order of writing, each with its (decompressed) content. */
export async function visibleParts(folder: string): Promise<Map<string, string>> {
  const parts = new Map<string, string>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => !path.includes('/.sluice-parts/'));
  for (const path of paths.sort()) {
    const bytes = await readFile(path);
    parts.set(path.slice(folder.length + 1), (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
  }
  return parts;
}

/** The names of files that are hidden, without the ledgers. */
export async function hiddenParts(folder: string): Promise<string[]> {
  const entries = await readdir(join(folder, '.sluice-parts'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('ledger-'))
    .map(({ name }) => name)
    .sort();
}

/** A clock that is moved by hand. */
export function manualClock(): Clock & { advance(ms: number): void } {
  let now = 1_000_000;
  return {
    now: () => now,
    sleep: () => new Promise(() => {}),
    advance(ms) {
      now += ms;
    },
  };
}
