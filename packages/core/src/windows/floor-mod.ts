/** The start of the last interval of length `slide`, counted from `offset`, that begins at or before `timestamp`. Floors, so negative timestamps are like all others. */
export function lastStart(timestamp: number, slide: number, offset: number): number {
  const rest = (timestamp - offset) % slide;
  // Timestamps near 2^53 stay exact: nothing larger than the timestamp is ever computed. Adding 0 keeps −0 out of windows.
  return timestamp - (rest < 0 ? rest + slide : rest) + 0;
}
