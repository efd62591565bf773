/** Where an operator sends elements beside its output. */
export interface SideTarget<T> {
  readonly '~accepts': (value: T) => void;
}

/** Set on every side output, whichever copy of this package made it. */
export const SIDE_TARGET = Symbol.for('@sluice/core/side-target');

/** What stands for a side output in the graph. */
export function targetOf(output: SideTarget<never>): object {
  return (output as { [SIDE_TARGET]?: object })[SIDE_TARGET] ?? output;
}
