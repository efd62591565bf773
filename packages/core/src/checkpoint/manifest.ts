import { ByteReader, ByteWriter } from '@sluice/connector-sdk';
import { type BlobRef, LONGEST_BLOB } from './blob.js';
import { damaged, unknownVersion } from './checkpoint-failure.js';
import { checkBlobName } from './checkpoint-name.js';
import { CHECKSUM_BYTES, sameBytes, sha256 } from './checksum.js';
import { asDamage, type Versioned } from './frames.js';

export type CheckpointKind = 'checkpoint' | 'savepoint' | 'final';

/** What a complete checkpoint consists of. */
export interface Manifest {
  readonly job: string;
  readonly checkpoint: number;
  readonly epoch: number;
  readonly incarnation: string;
  readonly kind: CheckpointKind;
  /** Epoch ms. */
  readonly completedAt: number;
  readonly maxParallelism: number;
  /** All input had ended. */
  readonly finished: boolean;
  /** By the uid of the source. */
  readonly sources: ReadonlyMap<string, readonly ManifestSplit[]>;
  /** The state of each stateful operator, by its uid: everything once, then in order what changed since. Never empty. */
  readonly operators: ReadonlyMap<string, readonly BlobRef[]>;
  /** The committables of every transactional sink, by its uid, oldest first: a sink that had none is here with an empty list. */
  readonly sinks: ReadonlyMap<string, readonly BlobRef[]>;
}

export interface ManifestSplit {
  readonly id: string;
  readonly split: Versioned;
  /** Undefined: nothing read yet. */
  readonly position: Versioned | undefined;
  readonly finished: boolean;
}

const COMPONENT = 'checkpoint';
const MAGIC = Buffer.from('SLMF', 'latin1');
/** In version 1 a state was one blob. */
const VERSION = 2;
const KINDS: readonly CheckpointKind[] = ['checkpoint', 'savepoint', 'final'];
const LARGEST_PARALLELISM = 32_768;

/** A manifest as bytes that prove themselves: magic, version, content, SHA-256 of all before it. */
export function encodeManifest(manifest: Manifest): Uint8Array {
  const writer = new ByteWriter(512);
  writer.raw(MAGIC);
  writer.uint8(VERSION);
  writer.string(manifest.job);
  writer.varint(manifest.checkpoint);
  writer.varint(manifest.epoch);
  writer.string(manifest.incarnation);
  writer.uint8(KINDS.indexOf(manifest.kind));
  writer.float64(manifest.completedAt);
  writer.varint(manifest.maxParallelism);
  writer.uint8(manifest.finished ? 1 : 0);
  writeMap(writer, manifest.sources, (splits) => writeList(writer, splits, (split) => writeSplit(writer, split)));
  writeMap(writer, manifest.operators, (refs) => writeList(writer, refs, (ref) => writeRef(writer, ref)));
  writeMap(writer, manifest.sinks, (refs) => writeList(writer, refs, (ref) => writeRef(writer, ref)));
  const content = writer.finish();
  return Buffer.concat([content, sha256(content)]);
}

/**
 * Reads a manifest, once its checksum is right, and accepts no value that `encodeManifest` would not have been given.
 *
 * @throws SLUICE_CHECKPOINT_DAMAGED, SLUICE_CHECKPOINT_VERSION
 */
export function decodeManifest(bytes: Uint8Array, what = 'a manifest'): Manifest {
  const length = bytes.length - CHECKSUM_BYTES;
  if (length <= MAGIC.length) throw damaged(COMPONENT, what, `${bytes.length} bytes, fewer than the shortest`);
  const content = bytes.subarray(0, length);
  if (!sameBytes(sha256(content), bytes.subarray(length))) throw damaged(COMPONENT, what, 'another checksum');
  if (!sameBytes(content.subarray(0, MAGIC.length), MAGIC)) throw damaged(COMPONENT, what, 'no manifest');
  try {
    return readContent(new ByteReader(content.subarray(MAGIC.length)), what);
  } catch (error) {
    throw asDamage(COMPONENT, what, error);
  }
}

/** Every blob that a checkpoint needs. */
export function blobsOf(manifest: Manifest): BlobRef[] {
  return [...manifest.operators.values(), ...manifest.sinks.values()].flat();
}

function readContent(reader: ByteReader, what: string): Manifest {
  const check = (holds: boolean, actual: string): void => {
    if (!holds) throw damaged(COMPONENT, what, actual);
  };
  const version = reader.uint8();
  if (version < 1 || version > VERSION) throw unknownVersion(COMPONENT, what, version, VERSION);
  const job = reader.string();
  const checkpoint = reader.varint();
  const epoch = reader.varint();
  const incarnation = reader.string();
  const kind = KINDS[reader.uint8()];
  const completedAt = reader.float64();
  const maxParallelism = reader.varint();
  const finished = reader.uint8();
  check(checkpoint >= 1 && epoch >= 1, 'a checkpoint or epoch of 0');
  check(Number.isFinite(completedAt), `${completedAt} as its time`);
  check(maxParallelism >= 1 && maxParallelism <= LARGEST_PARALLELISM, `a maxParallelism of ${maxParallelism}`);
  check(finished <= 1, 'a truth value that is none');
  if (kind === undefined) throw damaged(COMPONENT, what, 'an unknown kind');
  const readSplits = () => readList(reader, 4, () => readSplit(reader, check));
  const readRefs = () => readList(reader, 34, () => readRef(reader, check));
  const sources = readMap(reader, check, readSplits);
  const operators = readMap(reader, check, () => (version === 1 ? [readRef(reader, check)] : readRefs()));
  for (const refs of operators.values()) check(refs.length > 0, 'a state without a blob');
  const sinks = readMap(reader, check, readRefs);
  reader.end();
  const isFinished = finished === 1;
  return {
    job,
    checkpoint,
    epoch,
    incarnation,
    kind,
    completedAt,
    maxParallelism,
    finished: isFinished,
    sources,
    operators,
    sinks,
  };
}

type Check = (holds: boolean, actual: string) => void;

function writeMap<V>(writer: ByteWriter, map: ReadonlyMap<string, V>, write: (value: V) => void): void {
  writeList(writer, [...map], ([uid, value]) => {
    writer.string(uid);
    write(value);
  });
}

function readMap<V>(reader: ByteReader, check: Check, read: () => V): Map<string, V> {
  const entries = readList(reader, 2, () => [reader.string(), read()] as const);
  const map = new Map(entries);
  check(map.size === entries.length, 'one uid twice');
  return map;
}

function writeList<V>(writer: ByteWriter, items: readonly V[], write: (item: V) => void): void {
  writer.varint(items.length);
  for (const item of items) write(item);
}

function readList<V>(reader: ByteReader, bytesEach: number, read: () => V): V[] {
  return Array.from({ length: reader.count(bytesEach) }, read);
}

function writeSplit(writer: ByteWriter, split: ManifestSplit): void {
  writer.string(split.id);
  writer.uint8((split.finished ? 1 : 0) + (split.position === undefined ? 0 : 2));
  for (const part of [split.split, split.position]) {
    if (part === undefined) continue;
    writer.varint(part.version);
    writer.bytes(part.bytes);
  }
}

function readSplit(reader: ByteReader, check: Check): ManifestSplit {
  const id = reader.string();
  const flags = reader.uint8();
  check(flags <= 3, 'unknown flags of a split');
  const readVersioned = () => ({ version: reader.varint(), bytes: reader.bytes() });
  const split = readVersioned();
  const position = flags >= 2 ? readVersioned() : undefined;
  return { id, split, position, finished: flags % 2 === 1 };
}

function writeRef(writer: ByteWriter, ref: BlobRef): void {
  writer.string(ref.name);
  writer.varint(ref.length);
  writer.raw(Buffer.from(ref.sha256, 'hex'));
}

function readRef(reader: ByteReader, check: Check): BlobRef {
  const name = reader.string();
  checkBlobName(COMPONENT, name);
  const length = reader.varint();
  check(length <= LONGEST_BLOB, `a blob of ${length} bytes`);
  return { name, length, sha256: Buffer.from(reader.raw(CHECKSUM_BYTES)).toString('hex') };
}
