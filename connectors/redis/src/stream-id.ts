/** An id of a stream's entry: milliseconds and sequence, both of 64 bits. */
export interface StreamId {
  readonly ms: bigint;
  readonly sequence: bigint;
}

const LIMIT = 2n ** 64n;

/** `5-1`, or `5` for `5-0`; undefined when it is none, or `0-0`, which no entry has. */
export function parseStreamId(text: unknown): StreamId | undefined {
  if (typeof text !== 'string') return undefined;
  const [, ms, sequence = '0'] = /^(\d{1,20})(?:-(\d{1,20}))?$/.exec(text) ?? [];
  if (ms === undefined) return undefined;
  const id = { ms: BigInt(ms), sequence: BigInt(sequence) };
  const possible = id.ms < LIMIT && id.sequence < LIMIT && (id.ms > 0n || id.sequence > 0n);
  return possible ? id : undefined;
}

export function streamIdText({ ms, sequence }: StreamId): string {
  return `${ms}-${sequence}`;
}

export function isAbove(a: StreamId, b: StreamId): boolean {
  return a.ms === b.ms ? a.sequence > b.sequence : a.ms > b.ms;
}

/** Milliseconds since 1970, as far as a number can tell them. */
export function timestampOf(id: string): number {
  return Number(id.slice(0, id.indexOf('-')));
}
