/** Taken before a test puts fake timers in its place. */
const turn = setImmediate;

/** Resolves when every promise that could go on without time, timers or I/O has done so. */
export function settle(): Promise<void> {
  return new Promise((resolve) => turn(resolve));
}
