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

interface Cell {
  readonly mode: string;
  readonly point: string | undefined;
}

/**
 * Run `i` has seed `seed + i`, so that any one of them can be repeated alone. Runs of different modes and points go on side by side as well;
 * results come in order all the same.
 */
export async function* runRow(row: ChaosRow, options: RowOptions, servers: Servers): AsyncGenerator<RowResult> {
  const limit = new Limit(row.oneByOne ? 1 : options.parallel);
  const results = cellsOf(row, options).map((cell) => runAll(row, cell, options, servers, limit));
  for (const result of results) yield await result;
}

/** What of the row is asked for. */
export function cellsOf(row: ChaosRow, options: Pick<RowOptions, 'mode' | 'point'>): Cell[] {
  return row.modes
    .filter((mode) => options.mode === undefined || options.mode === mode)
    .flatMap((mode) => (row.points?.(mode) ?? [undefined]).map((point) => ({ mode, point })))
    .filter(({ point }) => options.point === undefined || options.point === point);
}

/** All runs together take about as long as their seconds say, divided by how many go on side by side. */
async function runAll(
  row: ChaosRow,
  { mode, point }: Cell,
  { seed, runs, minutes = 2 }: RowOptions,
  servers: Servers,
  limit: Limit,
): Promise<RowResult> {
  const failures: Failure[] = [];
  let faults = 0;
  let seconds = 0;
  const one = (own: number): Promise<void> =>
    limit.run(async () => {
      const started = performance.now();
      const report = await reportOf(row, { mode, seed: own, point, servers, minutes });
      seconds += (performance.now() - started) / 1000;
      faults += report.faults;
      if (report.violations.length > 0) failures.push({ seed: own, violations: report.violations });
    });
  await Promise.all(Array.from({ length: runs }, (_, index) => one(seed + index)));
  return { mode, point, runs, faults, failures, seconds };
}

/** So many go on at the same time, in the order in which they came. */
class Limit {
  readonly #waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async run(work: () => Promise<void>): Promise<void> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }
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
