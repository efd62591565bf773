import type { ChaosRow, RunReport, Servers } from './rows/chaos-row.js';

export interface RowOptions {
  readonly seed: number;
  readonly runs: number;
  /** Default: all that the row has. */
  readonly mode?: string | undefined;
  readonly point?: string | undefined;
  readonly minutes?: number;
  /** Runs that go on side by side. */
  readonly parallel: number;
}

/** All runs of one row in one mode, at one point where it has points. */
export interface RowResult {
  readonly mode: string;
  readonly point: string | undefined;
  readonly runs: number;
  readonly faults: number;
  readonly failures: readonly Failure[];
  readonly seconds: number;
}

export interface Failure {
  /** With it and one run, it is repeated. */
  readonly seed: number;
  readonly violations: readonly string[];
}

/** Run `i` has seed `seed + i`, so that any one of them can be repeated alone. */
export async function* runRow(row: ChaosRow, options: RowOptions, servers: Servers): AsyncGenerator<RowResult> {
  for (const mode of row.modes) {
    if (options.mode !== undefined && options.mode !== mode) continue;
    for (const point of row.points?.(mode) ?? [undefined]) {
      if (options.point !== undefined && options.point !== point) continue;
      yield await runAll(row, mode, point, options, servers);
    }
  }
}

async function runAll(
  row: ChaosRow,
  mode: string,
  point: string | undefined,
  { seed, runs, parallel, minutes = 2 }: RowOptions,
  servers: Servers,
): Promise<RowResult> {
  const started = performance.now();
  const failures: Failure[] = [];
  let faults = 0;
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < runs) {
      const own = seed + next++;
      const report = await reportOf(row, { mode, seed: own, point, servers, minutes });
      faults += report.faults;
      if (report.violations.length > 0) failures.push({ seed: own, violations: report.violations });
    }
  };
  await Promise.all(Array.from({ length: row.oneByOne ? 1 : parallel }, lane));
  return { mode, point, runs, faults, failures, seconds: (performance.now() - started) / 1000 };
}

/** A run that could not be judged counts as a violation: nobody knows that it was right. */
async function reportOf(row: ChaosRow, round: Parameters<ChaosRow['run']>[0]): Promise<RunReport> {
  try {
    return await row.run(round);
  } catch (error) {
    return {
      faults: 0,
      violations: [`the run itself failed: ${error instanceof Error ? error.stack : String(error)}`],
    };
  }
}
