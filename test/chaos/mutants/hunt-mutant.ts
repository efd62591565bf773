import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../tasks/root.js';
import { allRows } from '../rows/all-rows.js';
import { simulatedRows } from '../rows/simulated.js';
import { bundleWithEngine, type Mutation } from '../simulated/bundle.js';
import type { Hunt } from './hunt.js';
import type { Mutant } from './mutants.js';

const run = promisify(execFile);

export interface HuntOptions {
  readonly folder: string;
  readonly seed: number;
  /** At most, in a simulated row. */
  readonly runs: number;
  /** ms for one mutant. */
  readonly deadline: number;
}

/** The mode of its row that has to notice a mutant. */
export function modeOf({ row, mode, real }: Mutant): string {
  const rows = real === true ? allRows.filter((one) => !simulatedRows.includes(one)) : simulatedRows;
  const modes = rows.filter((one) => one.row === row).flatMap((one) => one.modes);
  const found = mode ?? modes[0];
  if (found === undefined || !modes.includes(found)) throw new Error(`row ${row} has no mode ${mode}`);
  return found;
}

/** Puts a mistake into a copy of the engine and runs the row that has to notice it. No mistake: the engine as it is. */
export function huntMutant(mutant: Mutant, options: HuntOptions): Promise<Hunt> {
  return mutant.real === true ? huntReal(mutant, options) : huntSimulated(mutant, options);
}

async function huntSimulated(mutant: Mutant, { folder, seed, runs, deadline }: HuntOptions): Promise<Hunt> {
  const outfile = join(folder, 'hunt.mjs');
  await bundleWithEngine('test/chaos/mutants/hunt.ts', outfile, [
    mutant,
    ...(mutant.and === undefined ? [] : [mutant.and]),
  ]);
  const parameters = [outfile, String(mutant.row), modeOf(mutant), String(seed), String(runs)];
  try {
    const { stdout } = await run(process.execPath, parameters, { timeout: deadline, maxBuffer: 1 << 26 });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Hunt;
  } catch (error) {
    const { killed, stderr = '' } = error as { readonly killed?: boolean; readonly stderr?: string };
    // A mutant that the row neither ends nor condemns in time has not been caught by what it does.
    if (killed === true) return { runs: 0 };
    return { caughtBy: seed, violation: stderr.trim().split('\n').at(-1) ?? String(error), runs: 1 };
  }
}

const REAL_RUNS = 4;

/** The processes of the job load a copy of the connectors that has the mistake; one without it must have passed. */
async function huntReal(mutant: Mutant, options: HuntOptions): Promise<Hunt> {
  const sound = await runReal(mutant, [], options);
  if (sound.caughtBy !== undefined) throw new Error(`the row fails without the mistake as well: ${sound.violation}`);
  return runReal(mutant, [mutant, ...(mutant.and === undefined ? [] : [mutant.and])], options);
}

async function runReal(
  mutant: Mutant,
  mistakes: readonly Mutation[],
  { folder, seed, deadline }: HuntOptions,
): Promise<Hunt> {
  await bundleWithEngine('test/chaos/worker.ts', join(folder, 'worker.mjs'), mistakes);
  const { row, point = '' } = mutant;
  const program = ['--import', 'tsx', join(root, 'test/chaos/mutants/hunt-real.ts')];
  const parameters = [String(row), modeOf(mutant), point, String(seed), String(REAL_RUNS)];
  const env = { ...process.env, SLUICE_CHAOS_WORKERS: folder };
  const { stdout } = await run(process.execPath, [...program, ...parameters], { timeout: deadline, env });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Hunt;
}
