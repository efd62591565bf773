import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, PluginContext, Source, SourceBatch } from '@sluice/connector-sdk';
import { afterEach } from 'vitest';
import type { FileSplit } from '../discovery.js';
import type { PoisonLine } from '../poison.js';
import type { FilePosition } from '../position.js';

export type FileSource<T> = Source<T, FileSplit, FilePosition>;

/** What came out of a file, in order, with the position after each. */
export interface Delivered<T> {
  readonly value?: T;
  readonly poison?: PoisonLine;
  readonly position: FilePosition;
}

/** Counts what a plugin counts. */
export class Counters {
  readonly totals = new Map<string, number>();
  counter(name: string) {
    return { add: (delta = 1) => void this.totals.set(name, (this.totals.get(name) ?? 0) + delta) };
  }
  gauge() {}
  histogram() {
    return { record() {} };
  }
}

/** Time that passes by itself whenever somebody sleeps; `onSleep` is told before it does. */
export function sleeplessClock(onSleep: () => void | Promise<void> = () => {}): Clock {
  let now = 0;
  return {
    now: () => now,
    async sleep(duration, signal) {
      signal?.throwIfAborted();
      await onSleep();
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      now += Number(duration);
    },
  };
}

export function contextWith(parts: Partial<PluginContext> = {}): PluginContext {
  const silent = () => {};
  return {
    job: 'job',
    uid: 'files',
    subtask: 0,
    parallelism: 1,
    epoch: 1,
    incarnation: 'test',
    durable: true,
    report: () => {},
    signal: new AbortController().signal,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    metrics: new Counters(),
    clock: sleeplessClock(),
    ...parts,
  };
}

/** The batches of one file, or of the only file. */
export async function* batchesOf<T>(
  source: FileSource<T>,
  { from, context = contextWith(), signal = context.signal }: ReadOptions = {},
): AsyncGenerator<SourceBatch<T, FilePosition>> {
  const [split] = await source.discover(signal);
  if (split === undefined) throw new Error('no file');
  const reader = await source.open(context);
  try {
    for await (const batch of reader.read(split, from, signal)) yield batch;
  } finally {
    await reader.close();
  }
}

export interface ReadOptions {
  readonly from?: FilePosition;
  readonly context?: PluginContext;
  readonly signal?: AbortSignal;
}

/** What a batch delivers, in the order and with the positions that the engine sees. */
export function deliveredBy<T>(batch: SourceBatch<T, FilePosition>): Delivered<T>[] {
  const delivered: Delivered<T>[] = [];
  const { values, sideOutputs = [] } = batch;
  let next = 0;
  for (let i = 0; i <= values.length; i++) {
    const position = batch.positionAfter(i);
    for (; sideOutputs[next]?.before === i; next++) {
      const output = sideOutputs[next];
      if (output !== undefined) delivered.push({ poison: output.value as PoisonLine, position });
    }
    if (i < values.length) delivered.push({ value: values[i] as T, position });
  }
  return delivered;
}

export async function readAll<T>(source: FileSource<T>, options: ReadOptions = {}): Promise<Delivered<T>[]> {
  const delivered: Delivered<T>[] = [];
  for await (const batch of batchesOf(source, options)) delivered.push(...deliveredBy(batch));
  return delivered;
}

export async function valuesOf<T>(source: FileSource<T>, options: ReadOptions = {}): Promise<(T | undefined)[]> {
  return (await readAll(source, options)).map(({ value }) => value);
}

/** A folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-file-'));
  folders.push(folder);
  return folder;
}

export async function temporaryFile(contents: string | Uint8Array, name = 'lines.ndjson'): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, contents);
  return path;
}

const folders: string[] = [];

afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});
