import { type FlightJobOptions, flightJob } from './flight-job.js';
import { type JobMessage, messageOf, textOf } from './messages.js';

// The job's own process, started by the demo and killed by it. Its parameters come as JSON; what happens goes out as messages.
const options = JSON.parse(process.argv[2] ?? '') as FlightJobOptions;
const tell = (message: JobMessage): void => {
  if (process.connected) process.send?.(message);
};

/** A run so short that no signal from outside would reach it in time kills itself in the middle. */
const killAfter = Number(process.argv[3] ?? Number.POSITIVE_INFINITY);

let read = 0;
const job = flightJob(options, () => {
  if (++read === killAfter) process.kill(process.pid, 'SIGKILL');
});
const stop = new AbortController();
process.on('message', () => stop.abort());
// The parent is gone: nobody would stop this process any more.
process.on('disconnect', () => stop.abort());

job.events.subscribe({ next: (event) => tell(messageOf(event, Date.now())), error: () => undefined });
const ticks = setInterval(() => tell({ type: 'read', read }), options.checkpointInterval / 20);
try {
  await job.run({ signal: stop.signal });
} catch (error) {
  tell({ type: 'failed', text: textOf(error) });
  process.exitCode = 1;
} finally {
  clearInterval(ticks);
  tell({ type: 'read', read });
  if (process.connected) process.disconnect();
}
