import { isChildOf, serve } from './crash/serve.js';
import type { ConformanceItem } from './kit/item.js';
import { settingsOf } from './kit/settings.js';
import { register } from './runner/register.js';
import { type ConformanceReport, runCases } from './runner/report.js';
import { sinkCases } from './sink/sink-cases.js';
import { checkSinkOptions, type SinkConformanceOptions } from './sink/sink-options.js';
import { sinkPipelines } from './sink/sink-pipeline.js';

/**
 * Proves a sink against the author's real system: each case becomes a test of Vitest, Jest or node:test, whichever has loaded the file.
 *
 * Await it at the top of a test file of its own. The crash matrix starts that file again in child processes, in which the call runs a job
 * with the sink instead of registering tests, and never returns; they are killed with SIGKILL at each named point, started again, and what
 * `readBack` answers is compared with what was sent. What does not apply is skipped under its reason, and listed in the table at the end.
 *
 * SLUICE_CONFORMANCE_SEED, SLUICE_CONFORMANCE_CASES (ids or their beginnings, with commas between) and SLUICE_CONFORMANCE_MATRIX (`quick`,
 * `full`, or kills for each point) replay or widen a run.
 *
 * @throws SLUICE_CONFORMANCE_OPTIONS for options that cannot be. Its tests fail with SLUICE_CONFORMANCE.
 *
 * @example
 * await sinkConformance({
 *   name: 'acmeSink',
 *   module: import.meta.url,
 *   guarantee: 'transactional',
 *   create: (place) => acmeSink({ table: place.id }),
 *   readBack: (place) => acme.rows(place.id),
 * });
 */
export async function sinkConformance<T = ConformanceItem>(options: SinkConformanceOptions<T>): Promise<void> {
  const settings = settingsOf(options);
  checkSinkOptions(options);
  if (isChildOf(options.name)) return serve(sinkPipelines(options, settings));
  await register(options.name, sinkCases(options, settings), settings);
}

/**
 * The same without a test runner: runs all cases, or those of SLUICE_CONFORMANCE_CASES, and resolves with what became of each. `module` is
 * then a file that calls `sinkConformance` with the same name.
 *
 * @param cases Ids, or their beginnings, of the cases to run; all when left out.
 */
export function proveSink<T = ConformanceItem>(
  options: SinkConformanceOptions<T>,
  cases?: readonly string[],
): Promise<ConformanceReport> {
  const settings = settingsOf(options);
  checkSinkOptions(options);
  const chosen = cases === undefined ? settings : { ...settings, only: cases };
  return runCases(options.name, sinkCases(options, chosen), chosen);
}
