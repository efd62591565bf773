/** Where values go beside the main output. Structurally what `sideOutput()` of `@sluice/core` makes, which a connector does not import. */
export interface SideTarget<T> {
  readonly '~accepts': (value: T) => void;
}

/**
 * What a source does with what it cannot decode. `'fail'`: the job fails; `'skip'`: counted in a metric and left out; a side output: delivered
 * there, in order, exactly once.
 */
export type PoisonPolicyOf<Poison> = 'fail' | 'skip' | SideTarget<Poison>;
