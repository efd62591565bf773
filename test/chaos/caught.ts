/** Where a process dies, and what a server refuses, meets elements that matter in most runs only. */
const TRIES = 5;

/**
 * The violations that a deliberate mistake has shown: one round with `seed` and, as long as none is the `expected` one, rounds with the seeds
 * that follow.
 */
export async function caught(
  expected: RegExp,
  seed: number,
  round: (seed: number) => Promise<{ readonly violations: readonly string[] }>,
): Promise<string[]> {
  const found: string[] = [];
  for (let each = seed; each < seed + TRIES && !found.some((violation) => expected.test(violation)); each++)
    found.push(...(await round(each)).violations);
  return found;
}
