import { SluiceError, structuredCodec } from '@sluice/connector-sdk';
import type { CapturedState } from '../stream/barrier.js';
import type { SplitWatermark } from '../time/split-watermarks.js';

export interface WatermarkState {
  readonly watermark: number;
  readonly splits: readonly SplitWatermark[];
}

const VERSION = 1;
const codec = structuredCodec<WatermarkState>();

/** A few bytes for each split, so they are encoded at once: the version of the layout, the version of the codec, the state. */
export function captureWatermarks(uid: string, state: WatermarkState): CapturedState {
  const bytes = codec.encode(state);
  return {
    uid,
    encode(write) {
      write(Uint8Array.of(VERSION, codec.version));
      write(bytes);
      return true;
    },
    discard() {},
  };
}

export function restoreWatermarks(bytes: Uint8Array): WatermarkState {
  const [layout = 0, version = 0] = bytes;
  if (layout !== VERSION) {
    throw new SluiceError({
      code: 'SLUICE_STATE_VERSION',
      component: 'withTimestamps',
      expected: `state of version ${VERSION}`,
      actual: `version ${layout}`,
      remedy: 'restore with the version of this package that wrote the checkpoint, or a newer one',
    });
  }
  return codec.decode(version, bytes.subarray(2));
}
