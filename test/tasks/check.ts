import { build } from './build.js';
import { checkPackedPackages } from './packed-packages.js';
import { runTool } from './run-tool.js';
import { runSteps } from './steps.js';

export const types = () => runTool('tsc', ['--project', 'tsconfig.json']);

export const lint = () => runTool('biome', ['lint', '--error-on-warnings']);

export const format = () => runTool('biome', ['check', '--write', '--linter-enabled=false']);

const formatted = () => runTool('biome', ['check', '--linter-enabled=false', '--error-on-warnings']);

/** The names of the checks that failed. What is not built cannot be packed. */
export async function failedChecks(): Promise<string[]> {
  const unbuilt = await runSteps([{ name: 'build', run: build }]);
  const failed = await runSteps([
    { name: 'types', run: types },
    { name: 'lint', run: lint },
    { name: 'format', run: formatted },
    ...(unbuilt.length > 0 ? [] : [{ name: 'packages', run: checkPackedPackages }]),
  ]);
  return [...unbuilt, ...failed];
}

export async function check(): Promise<number> {
  return (await failedChecks()).length === 0 ? 0 : 1;
}
