import { isChildOf, serve } from './crash/serve.js';
import type { ConformanceItem } from './kit/item.js';
import { settingsOf } from './kit/settings.js';
import { register } from './runner/register.js';
import { type ConformanceReport, runCases } from './runner/report.js';
import { sourceCases } from './source/source-cases.js';
import { checkSourceOptions, type SourceConformanceOptions } from './source/source-options.js';
import { sourcePipelines } from './source/source-pipeline.js';

/**
 * Proves a source against the author's real system: each case becomes a test of Vitest, Jest or node:test, whichever has loaded the file.
 *
 * As `sinkConformance`, await it at the top of a test file of its own: the crash matrix starts that file again in child processes, which are
 * killed at each named point. What they read goes into files of the kit, exactly once, and is compared with what `append` has put there.
 *
 * @throws SLUICE_CONFORMANCE_OPTIONS for options that cannot be. Its tests fail with SLUICE_CONFORMANCE.
 *
 * @example
 * await sourceConformance({
 *   name: 'acmeSource',
 *   module: import.meta.url,
 *   bounded: false,
 *   create: (place) => acmeSource({ topic: place.id }),
 *   append: (place, items) => acme.send(place.id, items),
 * });
 */
export async function sourceConformance<T = ConformanceItem, S = unknown, P = unknown>(
  options: SourceConformanceOptions<T, S, P>,
): Promise<void> {
  const settings = settingsOf(options);
  checkSourceOptions(options);
  if (isChildOf(options.name)) return serve(sourcePipelines(options, settings));
  await register(options.name, sourceCases(options, settings), settings);
}

/**
 * The same without a test runner: runs all cases, or those given, and resolves with what became of each. `module` is then a file that calls
 * `sourceConformance` with the same name.
 *
 * @param cases Ids, or their beginnings, of the cases to run; all when left out.
 */
export function proveSource<T = ConformanceItem, S = unknown, P = unknown>(
  options: SourceConformanceOptions<T, S, P>,
  cases?: readonly string[],
): Promise<ConformanceReport> {
  const settings = settingsOf(options);
  checkSourceOptions(options);
  const chosen = cases === undefined ? settings : { ...settings, only: cases };
  return runCases(options.name, sourceCases(options, chosen), chosen);
}
