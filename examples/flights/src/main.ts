import { runDemo } from './demo/demo.js';
import { parseOptions } from './demo/options.js';

const options = parseOptions(process.argv.slice(2));
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The second time somebody means it: the lock and the server are found by the next run.
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  });
}
try {
  process.exitCode = await runDemo(options, stop.signal);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
