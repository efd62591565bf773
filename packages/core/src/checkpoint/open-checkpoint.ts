import { type CheckpointReader, SluiceError } from '@sluice/connector-sdk';
import { type BlobRef, readBlob } from './blob.js';
import { damaged, isDamaged } from './checkpoint-failure.js';
import { decodeFrames, type Versioned } from './frames.js';
import { decodeManifest, type Manifest } from './manifest.js';

/** A checkpoint, all of it verified. */
export interface OpenedCheckpoint {
  readonly checkpoint: number;
  readonly manifest: Manifest;
  /** The state of each operator, by its uid. */
  readonly operators: ReadonlyMap<string, Uint8Array>;
  /** What each transactional sink has to commit, by its uid, oldest first. */
  readonly committables: ReadonlyMap<string, readonly Versioned[]>;
}

const COMPONENT = 'checkpoint';

/**
 * Reads a checkpoint. Every byte of it has been compared with its checksum before the first is decoded.
 *
 * @throws SLUICE_CHECKPOINT_DAMAGED, SLUICE_CHECKPOINT_VERSION, and what the reader throws.
 */
export async function openCheckpoint(reader: CheckpointReader, checkpoint: number): Promise<OpenedCheckpoint> {
  const manifest = await openManifest(reader, checkpoint);
  const operators = new Map<string, Uint8Array>();
  for (const [uid, refs] of manifest.operators) operators.set(uid, await readChain(reader, refs));
  const sealed: { readonly uid: string; readonly ref: BlobRef; readonly bytes: Uint8Array }[] = [];
  for (const [uid, refs] of manifest.sinks) {
    for (const ref of refs) sealed.push({ uid, ref, bytes: await readBlob(reader, ref) });
  }
  const committables = new Map<string, Versioned[]>([...manifest.sinks.keys()].map((uid) => [uid, []]));
  for (const { uid, ref, bytes } of sealed) {
    for (const frame of decodeFrames(COMPONENT, `blob ${ref.name}`, bytes)) committables.get(uid)?.push(frame);
  }
  return { checkpoint, manifest, operators, committables };
}

/** The blobs of one state behind each other: what they hold says which begins where. */
async function readChain(reader: CheckpointReader, refs: readonly BlobRef[]): Promise<Uint8Array> {
  const [only] = refs;
  if (refs.length === 1 && only !== undefined) return readBlob(reader, only);
  const bytes = new Uint8Array(refs.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const ref of refs) {
    bytes.set(await readBlob(reader, ref), at);
    at += ref.length;
  }
  return bytes;
}

/** The manifest of a checkpoint, verified; its blobs are not. */
export async function openManifest(reader: CheckpointReader, checkpoint: number): Promise<Manifest> {
  const what = `the manifest of checkpoint ${checkpoint}`;
  const manifest = decodeManifest(await reader.manifest(checkpoint), what);
  if (manifest.checkpoint !== checkpoint) {
    throw damaged(COMPONENT, what, `the manifest of checkpoint ${manifest.checkpoint}`);
  }
  return manifest;
}

export interface UsableCheckpoint extends OpenedCheckpoint {
  /** Newer checkpoints that are damaged. */
  readonly skipped: readonly number[];
}

/**
 * The newest checkpoint that may be restored; undefined when there is none at all.
 *
 * An older one in place of a damaged one is used only if no transactional sink can have committed beyond it: going back would write
 * twice. What a damaged manifest held cannot be known, so one transactional sink in any readable manifest is enough to refuse.
 *
 * @throws SLUICE_CHECKPOINT_DAMAGED when the newest is damaged and no older one may be used, and what the reader throws.
 */
export async function latestUsable(reader: CheckpointReader): Promise<UsableCheckpoint | undefined> {
  const ids = [...(await reader.list())].reverse();
  const skipped: number[] = [];
  let failure: unknown;
  for (const checkpoint of ids) {
    try {
      const opened = await openCheckpoint(reader, checkpoint);
      if (skipped.length > 0 && (await anyTransactional(reader, ids))) break;
      return { ...opened, skipped };
    } catch (error) {
      if (!isDamaged(error)) throw error;
      failure ??= error;
      skipped.push(checkpoint);
    }
  }
  if (failure === undefined) return undefined;
  throw new SluiceError({
    code: 'SLUICE_CHECKPOINT_DAMAGED',
    component: COMPONENT,
    expected: `checkpoint ${skipped[0]} as it was written`,
    actual: `${describe(failure)}; ${skipped.length === ids.length ? 'no retained one is whole' : 'the older ones would write twice what a transactional sink may have committed since'}`,
    remedy:
      'bring the file back from a backup of the checkpoint storage, or start from a savepoint whose output you know',
    cause: failure,
  });
}

async function anyTransactional(reader: CheckpointReader, ids: readonly number[]): Promise<boolean> {
  for (const checkpoint of ids) {
    try {
      const manifest = await openManifest(reader, checkpoint);
      if (manifest.sinks.size > 0) return true;
    } catch (error) {
      if (!isDamaged(error)) throw error;
    }
  }
  return false;
}

function describe(failure: unknown): string {
  return SluiceError.isInstance(failure) ? `${failure.expected}: ${failure.actual}` : String(failure);
}
