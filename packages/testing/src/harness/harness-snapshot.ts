import type { Barrier } from '../marbles/engine-streams.js';

/** What the operators under test kept at a barrier, as a checkpoint holds it: bytes. */
export interface HarnessSnapshot {
  /** By uid. */
  readonly states: ReadonlyMap<string, Uint8Array>;
  /** Of all of them together. */
  readonly bytes: number;
}

/** A barrier, and what operators hand it. */
export class CapturingBarrier implements Barrier {
  private readonly captured: { readonly uid: string; readonly state: Parameters<Barrier['capture']>[0] }[] = [];

  constructor(readonly checkpoint: number) {}

  capture(state: Parameters<Barrier['capture']>[0]): void {
    this.captured.push({ uid: (state as { readonly uid?: string }).uid ?? '', state });
  }

  prepare(): void {}

  /** Encodes what has been captured. */
  encode(): HarnessSnapshot {
    const states = new Map<string, Uint8Array>();
    let bytes = 0;
    for (const { uid, state } of this.captured) {
      const chunks: Uint8Array[] = [];
      while (
        !state.encode(
          (chunk) => void chunks.push(chunk.slice()),
          () => false,
        )
      );
      const whole = Uint8Array.from(Buffer.concat(chunks));
      states.set(uid, whole);
      bytes += whole.length;
    }
    return { states, bytes };
  }
}
