import { openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConformanceItem } from '@sluice/conformance';
import {
  type CommitResult,
  defineCodec,
  defineSink,
  type SinkContext,
  SluiceError,
  structuredCodec,
  type Transaction,
  type TransactionalSink,
} from '@sluice/connector-sdk';
import { FolderTable } from './folder-table.js';
import type { TransactionMistake } from './mistakes.js';

interface Handle {
  readonly name: string;
}

export interface FolderSinkOptions {
  readonly folder: string;
  readonly mistake?: TransactionMistake | undefined;
  /** Rows of one file. */
  readonly batch?: number;
}

/** Rows that a transaction takes before it is full. */
const ROOM = 2_000;
const plain = structuredCodec<Handle>();
const strict = defineCodec<Handle>({ ...plain, decode: (version, bytes) => plain.decode(version, bytes) });
const guessing = defineCodec<Handle>({ ...plain, decode: (_version, bytes) => plain.decode(plain.version, bytes) });

/** A transactional sink on a `FolderTable`, right or with one mistake. */
export function folderSink({
  folder,
  mistake,
  batch = 100,
}: FolderSinkOptions): TransactionalSink<ConformanceItem, Handle> {
  if (mistake !== 'options are not validated' && !(Number.isSafeInteger(batch) && batch > 0)) {
    throw new SluiceError({
      code: 'SLUICE_OPTION',
      component: 'folderSink',
      expected: '`batch` to be a whole number from 1',
      actual: String(batch),
      remedy: 'correct `batch`',
    });
  }
  const table = new FolderTable(folder);
  /** What the disk does not have yet, by the handle: what the mistaken sinks need. */
  const inMemory = new Map<string, readonly ConformanceItem[]>();
  const writing = new Map<string, () => void>();
  let shared: ConformanceItem[] = [];

  function refuseOld({ epoch, uid }: { readonly epoch: number; readonly uid: string }): void {
    if (mistake === 'ignores the fence' || table.fence() <= epoch) return;
    throw new SluiceError({
      code: 'SLUICE_FENCED',
      component: uid,
      expected: `to be the newest run, epoch ${epoch}`,
      actual: `epoch ${table.fence()}`,
      remedy: 'let the newer run go on',
    });
  }

  function begin(context: SinkContext<ConformanceItem>, number: number): Transaction<ConformanceItem, Handle> {
    const own: ConformanceItem[] = [];
    const rows = (): ConformanceItem[] => (mistake === 'mixes epochs' ? shared : own);
    const names: string[] = [];
    let room: Promise<void> | undefined;
    let aborted = false;

    /** Rows of one file, out of sight; the number in the name keeps the order. */
    function stage(items: readonly ConformanceItem[], checkpoint: number): void {
      const order = `${String(context.epoch).padStart(6, '0')}-${String(number).padStart(6, '0')}-${String(names.length).padStart(4, '0')}`;
      const name = `${order}-c${checkpoint}-s${context.subtask}`;
      names.push(name);
      if (mistake === 'keeps handles in memory') inMemory.set(name, items);
      else if (mistake === 'acknowledges before durable') {
        writing.set(name, () => table.stage(name, items));
      } else if (mistake === 'commits early') table.insert(name, items);
      else table.stage(name, items);
    }

    return {
      write(item) {
        if (room !== undefined && mistake === 'throws away what comes while it is full') return room;
        if (item.id < 0) {
          if (mistake !== 'swallows an item error') context.reject(item, new Error('a negative id'));
          return undefined;
        }
        rows().push(mistake === 'trims texts' ? { ...item, text: item.text.trim() } : item);
        if (rows().length < ROOM || mistake === 'never full') return undefined;
        room ??= sleep(5).then(() => {
          room = undefined;
        });
        return room;
      },
      async prepare(checkpoint) {
        await sleep(1);
        if (aborted) throw new Error('aborted');
        refuseOld(context);
        const all = rows().splice(0);
        if (mistake === 'reorders') all.reverse();
        for (let from = 0; from < all.length; from += batch) stage(all.slice(from, from + batch), checkpoint);
        return (mistake === 'forgets a handle' ? names.slice(0, 1) : names).map((name) => ({ name }));
      },
      async abort() {
        if (mistake === 'aborts nothing') {
          stage(rows().splice(0), 0);
          return;
        }
        aborted = true;
        own.length = 0;
        for (const name of names) table.discard(name);
      },
    };
  }

  async function commit(
    { name }: Handle,
    context: { readonly epoch: number; readonly uid: string },
  ): Promise<CommitResult> {
    writing.get(name)?.();
    writing.delete(name);
    refuseOld(context);
    if (mistake === 'commits early') return { status: 'committed' };
    if (mistake === 'keeps handles in memory') {
      const rows = inMemory.get(name);
      if (rows !== undefined) table.insert(name, rows);
      return { status: 'committed' };
    }
    if (mistake === 'commit is not idempotent') {
      table.insert(`${name}-${Math.random()}`, table.stagedRows(name));
      return { status: 'committed' };
    }
    if (table.publish(name)) return { status: 'committed' };
    if (table.isPublished(name)) return { status: 'alreadyCommitted', proof: `the file ${name} is in view` };
    return { status: 'failed', cause: new Error(`transaction ${name} is lost`) };
  }

  return defineSink<ConformanceItem, Handle>({
    name: 'folder',
    guarantee: 'transactional',
    committableCodec: mistake === 'takes any version' ? guessing : strict,
    async check() {},
    async open(context) {
      let number = 0;
      if (mistake === 'leaks a connection') openSync(folder, 'r');
      shared = [];
      return {
        begin: () => begin(context, ++number),
        close: () => (mistake === 'hangs on close' ? new Promise(() => {}) : Promise.resolve()),
      };
    },
    async openCommitter(context) {
      return {
        async recover(restored) {
          const kept = new Set(restored.map(({ name }) => name));
          if (mistake !== 'ignores the fence') {
            table.fence(context.epoch);
            refuseOld(context);
          }
          if (mistake === 'repeats after recover') {
            for (const name of kept)
              if (table.staged().includes(name)) table.insert(`${name}-again`, table.stagedRows(name));
          }
          if (mistake === 'leaves orphans') return;
          const orphans = table.staged().filter((name) => !kept.has(name));
          for (const name of orphans) {
            if (mistake === 'recovers its own subtask only' && !name.endsWith(`-s${context.subtask}`)) continue;
            table.discard(name);
          }
        },
        commit: (handle) => commit(handle, context),
        async close() {},
      };
    },
  });
}
