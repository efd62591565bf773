import type { Clock } from '@sluice/connector-sdk';

/** The power of a clock to stand still while something is awaited: the clock of marbles has it. */
const AWAITED = Symbol.for('@sluice/core/awaited');

/** Tells the clock of a promise that an operator waits for. */
export function tellAwaited(clock: Clock, promise: Promise<unknown>): void {
  (clock as { [AWAITED]?(promise: Promise<unknown>): void })[AWAITED]?.(promise);
}
