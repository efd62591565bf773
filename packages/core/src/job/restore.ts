import { type CheckpointLease, type Codec, SluiceError, type Source, structuredCodec } from '@sluice/connector-sdk';
import type { Versioned } from '../checkpoint/frames.js';
import type { ManifestSplit } from '../checkpoint/manifest.js';
import { latestUsable, type OpenedCheckpoint } from '../checkpoint/open-checkpoint.js';
import { readSavepoint } from '../checkpoint/savepoint.js';
import type { Graph } from '../graph/graph.js';
import type { SplitPosition } from '../task/split-reader.js';
import type { Savepoint } from './job-options.js';

/** Where a run begins. */
export interface StartingPoint {
  /** Undefined: from the beginning. */
  readonly opened: OpenedCheckpoint | undefined;
  /** The id of the newest checkpoint in the storage. */
  readonly newest: number;
}

/** Reads, and verifies whole, the checkpoint that a run starts from. */
export async function openStart(
  lease: CheckpointLease | undefined,
  startFrom: 'latest' | 'scratch' | Savepoint,
): Promise<StartingPoint> {
  const newest = Math.max(0, ...((await lease?.list()) ?? []));
  if (startFrom === 'scratch') return { opened: undefined, newest };
  if (startFrom === 'latest') return { opened: lease && (await latestUsable(lease)), newest };
  const opened = await readSavepoint(startFrom);
  return { opened, newest: Math.max(newest, opened.checkpoint) };
}

/** State, positions and committables must all find their operator, unless the caller agreed to drop them. */
export function requireFit(job: string, graph: Graph, opened: OpenedCheckpoint, allowNonRestoredState: boolean): void {
  if (allowNonRestoredState) return;
  const known = new Set(graph.nodes.map((node) => graph.uidOf(node)));
  const { sources, operators, sinks } = opened.manifest;
  const unmatched = [...new Set([...sources.keys(), ...operators.keys(), ...sinks.keys()])].filter(
    (uid) => !known.has(uid),
  );
  if (unmatched.length === 0) return;
  throw new SluiceError({
    code: 'SLUICE_STATE_UNMATCHED',
    component: `job '${job}'`,
    expected: `operators for all state of checkpoint ${opened.checkpoint}; the job has ${[...known].join(', ')}`,
    actual: `none for ${unmatched.join(', ')}`,
    remedy:
      'give operators the uids that they had, or start from a savepoint with allowNonRestoredState: true to drop the rest',
  });
}

/** Split positions as a checkpoint keeps them. */
export function encodeSplits(source: Source<unknown>, splits: readonly SplitPosition[]): ManifestSplit[] {
  const { splitCodec, positionCodec } = codecsOf(source);
  return splits.map(({ id, split, position, finished }) => ({
    id,
    split: encode(splitCodec, split),
    position: position === undefined ? undefined : encode(positionCodec, position),
    finished,
  }));
}

/** Split positions as a source takes them. A split that had ended is looked at again when its whole job had: there may be new input. */
export function decodeSplits(
  source: Source<unknown>,
  splits: readonly ManifestSplit[],
  jobFinished: boolean,
): SplitPosition[] {
  const { splitCodec, positionCodec } = codecsOf(source);
  return splits.map(({ id, split, position, finished }) => ({
    id,
    split: decode(splitCodec, split, source.name),
    position: position === undefined ? undefined : decode(positionCodec, position, source.name),
    finished: finished && !jobFinished,
  }));
}

function codecsOf(source: Source<unknown>): {
  readonly splitCodec: Codec<unknown>;
  readonly positionCodec: Codec<unknown>;
} {
  return {
    splitCodec: source.splitCodec ?? structuredCodec<unknown>(),
    positionCodec: source.positionCodec ?? structuredCodec<unknown>(),
  };
}

function encode(codec: Codec<unknown>, value: unknown): Versioned {
  return { version: codec.version, bytes: codec.encode(value) };
}

function decode(codec: Codec<unknown>, { version, bytes }: Versioned, component: string): unknown {
  if (version > codec.version) {
    throw new SluiceError({
      code: 'SLUICE_STATE_VERSION',
      component,
      expected: `positions of version ${codec.version} or older`,
      actual: `version ${version}`,
      remedy: 'run the version of the connector that wrote the checkpoint, or a newer one',
    });
  }
  return codec.decode(version, bytes);
}
