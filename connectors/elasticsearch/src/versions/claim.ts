/** Versions that were given out together: from `first` to `last`, both included. */
export interface VersionBlock {
  readonly first: number;
  readonly last: number;
}

/** What the registry keeps of one sink of one job. */
export interface Registration {
  readonly incarnation: string;
  readonly epoch: number;
  /** The lowest version that has not been given out. */
  readonly next: number;
}

export interface Claimant {
  readonly incarnation: string;
  readonly epoch: number;
  /** It has had a block before: only the registration that it left then is its own. */
  readonly again: boolean;
  readonly floor: number;
}

export type Claim =
  | { readonly kind: 'granted'; readonly block: VersionBlock; readonly registration: Registration }
  /** A later run has registered. */
  | { readonly kind: 'fenced' }
  | { readonly kind: 'usedUp' };

/**
 * So many versions at once: a million writes cost one request to the registry, and a start that writes nothing costs as much as that. One start a
 * second for 270 years, or a million writes a second for as long, stay below 2^53: every version is exact in JavaScript and in the
 * server's 63 bits.
 */
export const BLOCK_SIZE = 2 ** 20;

/** What a run is given, by what is registered. */
export function claimBlock(found: Registration | undefined, claimant: Claimant): Claim {
  const { incarnation, epoch, again, floor } = claimant;
  if (found !== undefined) {
    const own = found.incarnation === incarnation;
    if (own ? found.epoch > epoch || (again && found.epoch !== epoch) : again) return { kind: 'fenced' };
  }
  const first = Math.max(found?.next ?? 1, floor, 1);
  const last = first + BLOCK_SIZE - 1;
  if (!Number.isSafeInteger(last + 1)) return { kind: 'usedUp' };
  return { kind: 'granted', block: { first, last }, registration: { incarnation, epoch, next: last + 1 } };
}

/** Whose a version is that a document carries although this run has given only lower ones. */
export function ownerOfVersion(
  found: Registration | undefined,
  { incarnation, epoch }: Pick<Claimant, 'incarnation' | 'epoch'>,
  version: number | undefined,
): 'ours' | 'later run' | 'stranger' {
  if (found === undefined) return 'stranger';
  if (found.incarnation !== incarnation || found.epoch !== epoch) return 'later run';
  // Another subtask of this run has had a block since.
  return version === undefined || version < found.next ? 'ours' : 'stranger';
}
