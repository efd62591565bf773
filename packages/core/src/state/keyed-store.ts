import type { ByteReader, Codec, KeyedState } from '@sluice/connector-sdk';
import type { CapturedState } from '../stream/barrier.js';
import { readKey } from './canonical-key.js';
import { StateCaptures } from './capture.js';
import { copyOf, type EntryCodec, plainEntries } from './entry-codec.js';
import type { KeyGroupRange } from './key-group.js';
import { KeyIndex } from './key-index.js';
import { opaqueEntries } from './opaque-entries.js';
import { storeOpened } from './opened-stores.js';
import { otherMaxParallelism, undroppable, unknownState } from './restore-failure.js';
import { type Preamble, readSnapshot } from './snapshot-format.js';
import { Table } from './table.js';
import { valueCodec } from './value-codec.js';

/** Whose state it is. */
export interface KeyedStoreOptions {
  readonly uid: string;
  readonly maxParallelism: number;
  /** What is done with states of a checkpoint that are not declared; refused when left out. */
  readonly undeclared?: 'drop' | 'keep' | undefined;
}

/**
 * The keyed state of one operator in memory: keys as dense ids, tables as arrays by id, objects as they are. It is captured in O(1)
 * and encoded later; meanwhile an entry is encoded before it is touched.
 */
export class KeyedStore implements KeyedState {
  readonly keys: KeyIndex;
  private readonly tables: Table<unknown>[] = [];
  private readonly captures: StateCaptures;

  constructor(private readonly options: KeyedStoreOptions) {
    this.keys = new KeyIndex(options.maxParallelism, options.uid);
    this.captures = new StateCaptures(options.uid, this.keys, this.tables);
    storeOpened(this);
  }

  get uid(): string {
    return this.options.uid;
  }

  /** What is kept, to be looked at: each key with its entries by the names of their tables. Not while a capture is open. */
  *contents(): Generator<readonly [key: unknown, entries: ReadonlyMap<string, unknown>]> {
    for (const { codec } of this.tables) codec.captured?.();
    for (let id = 0; id < this.keys.limit; id++) {
      const entries = new Map<string, unknown>();
      for (const { name, codec, values } of this.tables) {
        const entry = id < values.length ? values[id] : undefined;
        if (entry === undefined || codec.expired?.(entry) === true) continue;
        entries.set(name, codec.inspect === undefined ? entry : codec.inspect(entry));
      }
      if (entries.size > 0) yield [this.keys.keyOf(id), entries];
    }
  }

  /** How each table keeps its entries, by its name. */
  get shapes(): ReadonlyMap<string, string> {
    return new Map(this.tables.map(({ name, codec }) => [name, codec.shape]));
  }

  /** A copy of what a table has for a key now, as `contents` shows it. At any time between two elements, or at a barrier. */
  valueOf(key: unknown, name: string): unknown {
    const table = this.tables.find((one) => one.name === name);
    const id = this.keys.find(key);
    const entry = id < 0 ? undefined : table?.get(id);
    return table === undefined || entry === undefined ? undefined : copyOf(table.codec, entry);
  }

  /** Declares a table of plain values; before `restore` and before the first element. */
  table<V>(name: string, codec: Codec<V>): Table<V> {
    return this.entries(name, plainEntries(valueCodec(codec, name)));
  }

  /** Declares a table with entries of its own making. */
  entries<V>(name: string, codec: EntryCodec<V>): Table<V> {
    const table = new Table<V>(name, codec, this.keys, this.captures);
    this.tables.push(table as Table<unknown>);
    return table;
  }

  /** The tables and `header`, which is the operator's own (its watermark), as they are now. One capture at a time. */
  capture(header: Uint8Array): CapturedState {
    return this.captures.capture(header);
  }

  /**
   * Puts the entries of a snapshot into the tables, those of the given key groups or all, and gives its header back. A subtask that
   * takes over from several restores each of their snapshots. What links of changes say counts above what was there before.
   *
   * @throws SLUICE_CHECKPOINT_DAMAGED when the bytes are no whole snapshot.
   * @throws SLUICE_STATE_VERSION when a codec, a state or the format is not what wrote them.
   * @throws SLUICE_MAX_PARALLELISM when they were written under another maximal parallelism.
   */
  restore(bytes: Uint8Array, keyGroups?: KeyGroupRange): Uint8Array {
    const { uid, maxParallelism } = this.options;
    let header: Uint8Array | undefined;
    let link: LinkReaders = { changes: false, tables: [] };
    // What a link with everything has is new; what a link of changes has may be there.
    if (this.keys.size === 0) this.keys.beginLoad();
    readSnapshot(bytes, uid, {
      preamble: (preamble) => {
        header = preamble.header;
        if (preamble.changes) this.keys.endLoad();
        if (preamble.maxParallelism !== maxParallelism)
          throw otherMaxParallelism(uid, maxParallelism, preamble.maxParallelism);
        link = { changes: preamble.changes, tables: this.readersOf(preamble) };
      },
      owns: (group) => keyGroups === undefined || (group >= keyGroups.from && group <= keyGroups.to),
      frame: (entries, group) => this.readFrame(entries, group, link),
      gone: (keys) => this.readGone(keys),
    });
    this.keys.endLoad();
    return header as Uint8Array;
  }

  private readersOf({ tables }: Preamble): readonly TableReader[] {
    return tables.map(({ name, shape, by }) => {
      const table = this.tables.find((one) => one.name === name);
      if (table !== undefined) return { table, read: (reader) => table.codec.read(reader, shape, by) };
      const { uid, undeclared } = this.options;
      if (undeclared === undefined) throw unknownState(uid, name);
      const opaque = opaqueEntries(shape, by);
      if (opaque === undefined) throw undroppable(uid, name);
      const kept = undeclared === 'keep' ? (this.entries(name, opaque) as Table<unknown>) : undefined;
      return { table: kept, read: (reader) => opaque.read(reader, shape, by) };
    });
  }

  private readFrame(reader: ByteReader, group: number, { changes, tables }: LinkReaders): number {
    // One table that has everything has something of each key.
    const told = changes || tables.length > 1;
    let entries = 0;
    while (reader.remaining > 0) {
      entries++;
      const id = this.keys.idIn(group, readKey(reader));
      for (let from = 0; from < tables.length; from += 8) {
        const kept = told ? reader.uint8() : 1;
        for (let at = from; at < tables.length && at < from + 8; at++) {
          const { table, read } = tables[at] as TableReader;
          const value = (kept & (1 << (at - from))) === 0 ? undefined : read(reader);
          if (value !== undefined) table?.set(id, value);
          else if (changes) table?.delete(id);
        }
      }
      this.keys.endTurn(id);
    }
    return entries;
  }

  private readGone(reader: ByteReader): number {
    let keys = 0;
    while (reader.remaining > 0) {
      keys++;
      const id = this.keys.idOf(readKey(reader));
      for (const table of this.tables) table.delete(id);
      this.keys.endTurn(id);
    }
    return keys;
  }
}

interface LinkReaders {
  readonly changes: boolean;
  readonly tables: readonly TableReader[];
}

interface TableReader {
  /** `undefined`: what is read is dropped. */
  readonly table: Table<unknown> | undefined;
  readonly read: (reader: ByteReader) => unknown;
}
