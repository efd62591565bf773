import { type Rejected, SluiceError, type SluiceErrorDetails, structuredCodec } from '@sluice/connector-sdk';
import type { EncodedCommittable } from '../stream/barrier.js';

/** What a sink leaves in a checkpoint beside its committables. */
export interface SinkState {
  /** Rejects that were found out after the barrier, of elements from before it. */
  readonly late: readonly Rejected<unknown>[];
  /** What the writer's `snapshotState` gave. */
  readonly writer: readonly EncodedCommittable[];
}

interface KeptSinkState {
  readonly late: readonly { readonly value: unknown; readonly cause: KeptCause }[];
  readonly writer: readonly EncodedCommittable[];
}

/** A `SluiceError` as its parts; of any other cause its name and message. */
type KeptCause = { readonly name: string; readonly message: string } | { readonly sluice: SluiceErrorDetails };

const LAYOUT = 1;
const codec = structuredCodec<KeptSinkState>();

/** Undefined when there is nothing to keep. */
export function encodeSinkState({ late, writer }: SinkState): Uint8Array | undefined {
  if (late.length === 0 && writer.length === 0) return undefined;
  const bytes = codec.encode({
    late: late.map(({ value, cause }) => ({ value, cause: causeOf(cause) })),
    writer: writer.map(({ version, bytes: encoded }) => ({ version, bytes: encoded })),
  });
  const whole = new Uint8Array(bytes.length + 2);
  whole.set([LAYOUT, codec.version]);
  whole.set(bytes, 2);
  return whole;
}

/** @throws SLUICE_STATE_VERSION when a newer version of this package wrote it. */
export function decodeSinkState(bytes: Uint8Array | undefined, uid: string): SinkState {
  if (bytes === undefined) return { late: [], writer: [] };
  const [layout = 0, version = 0] = bytes;
  if (layout !== LAYOUT) {
    throw new SluiceError({
      code: 'SLUICE_STATE_VERSION',
      component: uid,
      expected: `the state of a sink in layout ${LAYOUT}`,
      actual: `layout ${layout}`,
      remedy: 'restore with the version of this package that wrote the checkpoint, or a newer one',
    });
  }
  const { late, writer } = codec.decode(version, bytes.subarray(2));
  return { late: late.map(({ value, cause }) => ({ value, cause: restoredCause(cause) })), writer };
}

function causeOf(cause: unknown): KeptCause {
  if (SluiceError.isInstance(cause)) {
    const { code, component, expected, actual, remedy, transient, permanent } = cause;
    return { sluice: { code, component, expected, actual, remedy, transient, permanent } };
  }
  return cause instanceof Error
    ? { name: cause.name, message: cause.message }
    : { name: 'Error', message: String(cause) };
}

/** An error again, as far as a checkpoint can keep one. */
function restoredCause(kept: KeptCause): Error {
  if ('sluice' in kept) return new SluiceError(kept.sluice);
  const error = new Error(kept.message);
  error.name = kept.name;
  return error;
}
