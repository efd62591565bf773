import type { CheckpointLease } from '@sluice/connector-sdk';
import type { CapturedState } from '../stream/barrier.js';
import { type BlobRef, LONGEST_BLOB, writeBlob } from './blob.js';

/** Blobs of one chain at most: each is a file to open at a restore. */
const LONGEST_CHAIN = 100;

/** The state of one operator in a checkpoint: everything once, and in order what changed since. */
type Chain = readonly BlobRef[];

/** What a checkpoint has written of the operators' states. */
export interface WrittenStates {
  /** What the manifest refers to, by uid. */
  readonly chains: ReadonlyMap<string, Chain>;
  /** New with this checkpoint. */
  readonly bytes: number;
}

/**
 * The chains of the newest complete checkpoint, on which the next one builds. A chain that has grown as long as what it began with, or
 * has too many links, gives way to one that begins with everything: so a checkpoint costs, taken over many, at most twice what changed
 * and a hundredth of everything, and a restore reads no more than twice what there is.
 */
export class StateChains {
  private chains: ReadonlyMap<string, Chain> = new Map();

  /** Whether the state of an operator may be written as what changed. */
  isOpen(uid: string): boolean {
    const [whole, ...changes] = this.chains.get(uid) ?? [];
    if (whole === undefined || changes.length + 1 >= LONGEST_CHAIN) return false;
    const changed = changes.reduce((sum, { length }) => sum + length, 0);
    return changed < whole.length && whole.length + changed < LONGEST_BLOB;
  }

  /** Writes each state, whole or behind the chain there is. */
  async write(
    lease: CheckpointLease,
    states: readonly CapturedState[],
    encode: (state: CapturedState) => AsyncIterable<Uint8Array>,
    nameBlob: (part: string) => string,
  ): Promise<WrittenStates> {
    const written = await Promise.all(
      states.map(async (state, index) => ({
        state,
        ref: await writeBlob(lease, nameBlob(`s${index}`), encode(state)),
      })),
    );
    const before = ({ uid, chain }: CapturedState): Chain =>
      chain?.changes === true ? (this.chains.get(uid) ?? []) : [];
    return {
      chains: new Map(written.map(({ state, ref }) => [state.uid, [...before(state), ref]])),
      bytes: written.reduce((sum, { ref }) => sum + ref.length, 0),
    };
  }

  /** The checkpoint is complete. */
  kept(states: readonly CapturedState[], chains: ReadonlyMap<string, Chain>): void {
    for (const { chain } of states) chain?.kept();
    this.chains = chains;
  }
}
