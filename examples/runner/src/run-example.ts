import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type ServiceName, startServices } from '@sluice/services';
import { ctrlC } from './ctrl-c.js';
import type { Example, OpenExample, Setting } from './example.js';
import { writeLive } from './live-input.js';
import { type ExampleOptions, parseOptions } from './options.js';
import { count, Progress } from './progress.js';
import { Topic } from './topic.js';

const kept = fileURLToPath(new URL('../../../.demo/', import.meta.url));

/**
 * Runs an example in this process, by what its command line says: services, live input, job, result. Exit code 0 when all input is through,
 * 130 after Ctrl-C, 1 when something is wrong.
 */
export async function runExample(example: Example): Promise<void> {
  const options = parseOptions(example, process.argv.slice(2));
  const progress = new Progress(example.unit, options.records, process.stderr);
  const signal = ctrlC(() => progress.note('Stopping with a last checkpoint; Ctrl-C again to kill.'));
  try {
    process.exitCode = await withServices(example, options, progress, signal);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    progress.note(`${said}\n\nOnce that is put right, start again to go on; --fresh begins anew.`);
    process.exitCode = 1;
  }
}

async function withServices(example: Example, options: ExampleOptions, progress: Progress, signal: AbortSignal) {
  const names: readonly ServiceName[] = ['kafka', ...example.services];
  progress.note(
    `Looking for ${names.join(' and ')} (what is missing is installed and started, which takes a minute the first time).`,
  );
  const services = await startServices(names);
  try {
    const endpoints = Object.fromEntries(names.map((name) => [name, services[name].endpoint]));
    const { name, fresh } = options;
    const folder = join(kept, name);
    if (fresh) await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const brokers = (endpoints.kafka ?? '').split(',');
    const topic = await Topic.open(brokers, name, fresh);
    try {
      const setting = { name, fresh, folder, brokers, endpoints: endpoints as Setting['endpoints'] };
      const opened = await example.open(setting);
      try {
        return await run(example, opened, topic, options, progress, signal);
      } finally {
        await opened.close();
      }
    } finally {
      await topic.close();
    }
  } finally {
    await services.stop();
  }
}

async function run(
  { unit, record }: Example,
  { job, result }: OpenExample,
  topic: Topic,
  options: ExampleOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  const jobOver = new AbortController();
  const until = AbortSignal.any([signal, jobOver.signal]);
  const told = job.events.subscribe({ next: (event) => progress.told(event), error: () => undefined });
  const suspend = new AbortController();
  const running = job.run({ signal: suspend.signal }).finally(() => jobOver.abort());
  // Told below, when the input has ended.
  running.catch(() => undefined);
  let through = false;
  try {
    await writeLive(topic, options, record, (total) => progress.wrote(total), until);
    await allCovered(topic, until);
    through = !until.aborted;
  } finally {
    // The end of the input closes the windows that are open; what is only interrupted goes on with them.
    if (!jobOver.signal.aborted) {
      await job.stop({ drain: through }).catch((error) => {
        // One that waits to be restarted takes no checkpoint: it goes on from the newest there is.
        suspend.abort();
        if (through) throw error;
      });
    }
    await running;
    told.unsubscribe();
    progress.clear();
  }
  if (!through) {
    process.stdout.write(`Stopped at ${count(await topic.size())} ${unit}, with nothing lost. Start again to go on.\n`);
    return 130;
  }
  for (const line of await result()) process.stdout.write(`${line}\n`);
  process.stdout.write(`\nMore ${unit}: --${unit} N. From the beginning: --fresh.\n`);
  return 0;
}

async function allCovered(topic: Topic, signal: AbortSignal): Promise<void> {
  const size = await topic.size();
  while (!signal.aborted && (await topic.covered()) < size) {
    await wait(200, undefined, { signal }).catch(() => undefined);
  }
}
