import { type RunOptions, runTool } from './run-tool.js';

/** Builds what has changed since the last build. */
export function build(options: RunOptions = {}): Promise<number> {
  const args = ['--continue=dependencies-successful', '--output-logs=errors-only', '--log-prefix=none', '--ui=stream'];
  return runTool('turbo', ['run', 'build', ...args], options);
}
