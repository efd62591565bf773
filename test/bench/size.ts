/** Set by `--quick` for the processes of the arms. */
export const QUICK = process.env.SLUICE_BENCH_QUICK === '1';

/** So many elements, or a fifth of them when only a glance is wanted. */
export function sized(elements: number): number {
  return QUICK ? Math.ceil(elements / 5) : elements;
}
