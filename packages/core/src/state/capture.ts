import { SluiceError } from '@sluice/connector-sdk';
import type { CapturedState, ChainLink } from '../stream/barrier.js';
import { Blocks } from './blocks.js';
import { canonicalBytes, writeKey } from './canonical-key.js';
import { GroupFrames } from './group-frames.js';
import { keyGroup } from './key-group.js';
import type { KeyIndex } from './key-index.js';
import { ENTRIES, encodeEnd, encodePreamble, GONE } from './snapshot-format.js';
import type { CaptureGate, Table } from './table.js';
import { isKept, isThere, writeEntries } from './write-entries.js';

/** Entries between two looks at the clock: some 50 µs of work. */
const ENTRIES_PER_LOOK = 256;
/** The same in ids that are only passed over. */
const IDS_PER_LOOK = 16 * 1024;
/** What an entry is expected to take. */
const ENTRY_BYTES = 48;
/** When more of the keys have changed, everything is written: for twice as much, and the chain is one link again. */
const MOST_CHANGED = 0.5;
/** Keys that went are remembered while they are not more than those that are there, or than this. */
const FEW_KEYS = 1024;
/** In place of a generation: before all of them. */
const NONE = -1;

/** What a capture hands over next. */
type Steps = Generator<readonly Uint8Array[], void>;

/**
 * Captures the tables of one store. Ids are encoded from the highest down; an entry that is touched before that is encoded first.
 * Generations tell what was touched since the barrier, and what changed since the capture that this one builds on.
 */
export class StateCaptures implements CaptureGate {
  /** Ids below this are still to be encoded, unless they were touched since; 0 when no capture is open. */
  private limit = 0;
  /** The generation that ended with the open capture. */
  private captured = 0;
  /** Only what changed after this generation is encoded. */
  private since = NONE;
  /** The generation of the capture that others may build on. */
  private base = NONE;
  /** Entries that are ready to be handed over. */
  private readonly ready = new Blocks();
  private readonly frames: GroupFrames;
  private open: object | undefined;
  /** The newest capture, if others may build on it once it is kept. */
  private link: object | undefined;
  private entries = 0;
  /** Ids whose entries are encoded next. */
  private readonly next = new Int32Array(ENTRIES_PER_LOOK);
  /** Means nothing: V8 leaves out what is read for no use. */
  readAhead = 0;

  constructor(
    private readonly uid: string,
    private readonly keys: KeyIndex,
    private readonly tables: readonly Table<unknown>[],
  ) {
    this.frames = this.framesOf(ENTRIES, this.ready);
  }

  /** The tables as they are now. Nothing is copied here. */
  capture(header: Uint8Array): CapturedState {
    if (this.open !== undefined) throw alreadyOpen(this.uid);
    this.endGeneration();
    this.since = NONE;
    this.limit = this.keys.limit;
    this.entries = 0;
    for (const { codec } of this.tables) codec.captured?.();
    const token = {};
    this.open = token;
    let steps: Steps | undefined;
    return {
      uid: this.uid,
      chain: this.chainLink(token),
      encode: (write, stop) => {
        if (this.open !== token) return true;
        steps ??= this.steps(header);
        return this.encode(steps, write, stop);
      },
      reuse: (chunk) => this.ready.reuse(chunk),
      discard: () => {
        if (this.open === token) this.discard();
      },
    };
  }

  touch(id: number): void {
    const { generations } = this.keys;
    if (id < this.limit && this.isDue(generations.changed[id] as number)) this.encodeEntry(id);
    generations.touch(id);
  }

  private endGeneration(): void {
    const { generations, size } = this.keys;
    this.link = undefined;
    if (generations.usedUp) {
      this.base = NONE;
      generations.restart();
    } else if (this.base === NONE || generations.remembered > Math.max(FEW_KEYS, size)) {
      this.base = NONE;
      generations.forget();
    }
    this.captured = generations.next();
  }

  private chainLink(token: object): ChainLink {
    const { generations } = this.keys;
    const generation = this.captured;
    let changes = false;
    return {
      get changes() {
        return changes;
      },
      join: (onlyChanges) => {
        this.link = token;
        generations.remembers = true;
        changes =
          onlyChanges && this.base !== NONE && generations.changesAfter(this.base) <= this.keys.size * MOST_CHANGED;
        if (changes) this.since = this.base;
      },
      kept: () => {
        if (this.link !== token) return;
        this.base = generation;
        generations.forgetUpTo(generation);
      },
    };
  }

  /** Whether the open capture has to encode an entry that changed last in this generation. */
  private isDue(generation: number): boolean {
    return generation <= this.captured && generation > this.since;
  }

  private encode(steps: Steps, write: (chunk: Uint8Array) => void, stop: () => boolean): boolean {
    for (;;) {
      const { done, value: blocks } = steps.next();
      if (done === true) break;
      for (const block of blocks) write(block);
      if (stop()) return false;
    }
    this.open = undefined;
    return true;
  }

  private *steps(header: Uint8Array): Steps {
    const { uid, keys, tables, ready } = this;
    const changes = this.since !== NONE;
    // Entries that were touched meanwhile are ready: what comes before all of them has blocks of its own.
    const first = new Blocks();
    first.append(
      encodePreamble({
        uid,
        changes,
        maxParallelism: keys.maxParallelism,
        header,
        tables: tables.map(({ name, codec: { shape, values } }) => ({ name, shape, by: values })),
      }),
    );
    yield first.take();
    // Before all entries: a key that went may have come again.
    if (changes) yield* this.goneKeys(first);
    yield first.takeAll();
    while (this.limit > 0) {
      this.encodeSome();
      yield ready.take();
    }
    for (const _ of this.frames.ends()) yield ready.take();
    ready.append(encodeEnd(this.entries));
    yield ready.takeAll();
  }

  private *goneKeys(blocks: Blocks): Steps {
    const { uid, keys } = this;
    const frames = this.framesOf(GONE, blocks);
    for (const some of keys.generations.goneUpTo(this.captured)) {
      for (const key of some) {
        const group = keyGroup(canonicalBytes(key, uid), keys.maxParallelism);
        writeKey(frames.of(group), key);
        frames.wrote(group);
        if (++this.entries % ENTRIES_PER_LOOK === 0) yield blocks.take();
      }
    }
    for (const _ of frames.ends()) yield blocks.take();
  }

  private encodeSome(): void {
    const { changed } = this.keys.generations;
    const downTo = Math.max(0, this.limit - IDS_PER_LOOK);
    const { next } = this;
    let count = 0;
    let id = this.limit;
    while (id > downTo && count < ENTRIES_PER_LOOK) {
      id--;
      if (this.isDue(changed[id] as number)) next[count++] = id;
    }
    for (const table of this.tables) this.readAhead = table.readAhead(next, count);
    for (let at = 0; at < count; at++) this.encodeEntry(next[at] as number);
    this.limit = id;
  }

  private discard(): void {
    this.limit = 0;
    this.ready.reset();
    this.frames.reset();
    this.open = undefined;
  }

  private encodeEntry(id: number): void {
    const { tables, keys, frames } = this;
    const changes = this.since !== NONE;
    // Of an entry that has changed it is also told that nothing is left; of one that went with its key, by the key.
    const isWritten = changes ? isThere : isKept;
    let written = false;
    for (const table of tables) if (isWritten(table, id)) written = true;
    if (!written) return;
    this.entries++;
    const group = keys.groupOf(id);
    const writer = frames.of(group);
    keys.writeKeyOf(id, writer);
    const [table] = tables;
    if (changes || table === undefined || tables.length > 1) writeEntries(writer, tables, id);
    else table.codec.write(writer, table.values[id]);
    frames.wrote(group);
  }

  private framesOf(tag: number, ready: Blocks): GroupFrames {
    const { maxParallelism } = this.keys;
    return new GroupFrames(tag, maxParallelism, ready, () => (this.keys.size * ENTRY_BYTES) / maxParallelism);
  }
}

function alreadyOpen(uid: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_CAPTURE_OPEN',
    component: uid,
    expected: 'the capture before to be encoded or discarded',
    actual: 'one still open',
    remedy: 'let one checkpoint or savepoint end before the next begins',
  });
}
