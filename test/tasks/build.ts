import { runTool } from './run-tool.js';

/** Builds what has changed since the last build. */
export function build(): Promise<number> {
  return runTool('turbo', [
    'run',
    'build',
    '--continue=dependencies-successful',
    '--output-logs=errors-only',
    '--log-prefix=none',
    '--ui=stream',
  ]);
}
