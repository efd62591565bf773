import type { StreamObserver } from '../marbles/engine-streams.js';

/** An element with its event time, NaN when it has none. */
export interface HarnessElement<T> {
  readonly value: T;
  readonly timestamp: number;
}

/** What came out. */
export type HarnessOutput<T> =
  | ({ readonly type: 'element' } & HarnessElement<T>)
  /** `Infinity`: the end. */
  | { readonly type: 'watermark'; readonly timestamp: number }
  | { readonly type: 'barrier'; readonly checkpoint: number }
  | { readonly type: 'idle' }
  | { readonly type: 'active' };

/** Writes down what comes out, in order. */
export class OutputRecorder<T> {
  outputs: HarnessOutput<T>[] = [];
  watermark = Number.NEGATIVE_INFINITY;
  readonly observer: StreamObserver = {
    next: (value, timestamp) => void this.outputs.push({ type: 'element', value: value as T, timestamp }),
    watermark: (timestamp) => {
      this.watermark = timestamp;
      this.outputs.push({ type: 'watermark', timestamp });
    },
    barrier: ({ checkpoint }) => void this.outputs.push({ type: 'barrier', checkpoint }),
    status: (idle) => void this.outputs.push({ type: idle ? 'idle' : 'active' }),
    error(error) {
      throw error;
    },
    complete() {},
  };

  take(): HarnessOutput<T>[] {
    const taken = this.outputs;
    this.outputs = [];
    return taken;
  }
}

export function valuesOf<T>(outputs: readonly HarnessOutput<T>[]): T[] {
  return outputs.flatMap((output) => (output.type === 'element' ? [output.value] : []));
}
