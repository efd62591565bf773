import type { RunReport } from '../rows/chaos-row.js';

/** One run of a row: the engine itself, under a virtual clock. The seed decides everything. */
export type SimulatedRun = (mode: string, seed: number) => Promise<RunReport>;

/** What was wrong, as a violation; none when nothing was. */
export async function violationsOf(run: () => Promise<unknown>): Promise<string[]> {
  try {
    await run();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** Where two lists differ, without regard to their order. */
export function differences(expected: readonly string[], received: readonly string[]): string[] {
  const count = (all: readonly string[]): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1);
    return counts;
  };
  const [left, right] = [count(expected), count(received)];
  const missing = [...left].filter(([one, times]) => (right.get(one) ?? 0) < times).map(([one]) => one);
  const surplus = [...right].filter(([one, times]) => (left.get(one) ?? 0) < times).map(([one]) => one);
  return [
    ...(missing.length > 0 ? [`${missing.length} are lost, such as ${missing[0]}`] : []),
    ...(surplus.length > 0 ? [`${surplus.length} are wrong or twice, such as ${surplus[0]}`] : []),
  ];
}
