/** Which elements without a partner a join emits: none, those of one side, those of both. */
export type JoinKind = 'inner' | 'left' | 'right' | 'full';

/** What the projection of a join is given of one side: `undefined` stands for a partner that never came. */
export type JoinSide<Kind extends JoinKind, Side extends 'left' | 'right', T> = Kind extends 'inner'
  ? T
  : Kind extends Side
    ? T
    : T | undefined;

/** What the projection of a join is told beside the elements. One object for all calls, valid during a call only. */
export interface JoinContext<K, W = undefined> {
  readonly key: K;
  /** Of a window join and a `coGroup`. */
  readonly window: W;
  /** Of the result, in epoch milliseconds of event time. */
  readonly timestamp: number;
}

/** The context as the operator sets it for each call. */
export interface JoinCall {
  key: unknown;
  window: unknown;
  timestamp: number;
}

export function joinCall(): JoinCall {
  return { key: undefined, window: undefined, timestamp: Number.NaN };
}

/** A projection whose types the operator does not know. */
export type Project = (left: unknown, right: unknown, context: JoinCall) => unknown;
