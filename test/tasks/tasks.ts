import { build } from './build.js';
import { check, format, lint, types } from './check.js';
import { docs } from './docs.js';
import { example } from './examples.js';
import { completeLockfile } from './lockfile.js';
import { testOnNode } from './node-version.js';
import { runProgram, runSource, runTool } from './run-tool.js';
import { test } from './test.js';

/** What `npm run NAME -- ARGS` does; each answers the exit code. */
export const tasks: Record<string, (args: readonly string[]) => Promise<number>> = {
  test,
  check,
  build: () => build(),
  types,
  lint,
  format,
  demo: builtProgram('examples/flights/src/main.ts'),
  example,
  docs,
  // From its sources: on a fresh machine others wait for what it starts.
  services: (args) => runSource('test/services/main.ts', args),
  chaos: builtProgram('test/chaos/main.ts'),
  'chaos:mutants': builtProgram('test/chaos/mutants/main.ts'),
  bench: builtProgram('test/bench/main.ts'),
  'bench:guard': builtProgram('test/bench/guard-main.ts'),
  'test:node': testOnNode,
  lockfile: completeLockfile,
  changeset: (args) => runTool('changeset', args),
};

/** A program of ours, run against the built packages as a user would. */
function builtProgram(file: string) {
  return async (args: readonly string[]) => (await build({ output: 'stderr' })) || (await runProgram(file, args));
}
