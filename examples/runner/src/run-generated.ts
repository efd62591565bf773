import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Job, Source } from '@sluice/core';
import { ctrlC } from './ctrl-c.js';
import { type GenerateRecord, generatedSource } from './generated-source.js';
import { type ExampleOptions, type OptionsOf, parseOptions } from './options.js';
import { count, Progress } from './progress.js';

const kept = fileURLToPath(new URL('../../../.demo/', import.meta.url));

/** Where an example runs, and by what its records are made. */
export interface GeneratedSetting<T> extends Pick<ExampleOptions, 'name' | 'records' | 'rate' | 'seed'> {
  readonly source: Source<T>;
  readonly folder: string;
}

/** An example that needs no service: its records are made while it runs. */
export interface GeneratedExample<T> extends OptionsOf {
  readonly record: GenerateRecord<T>;
  /** Makes what has to be there in the folder before the job starts. */
  prepare?(folder: string): Promise<void>;
  /** `folder`: for checkpoints and files of its own; git-ignored. */
  open(setting: GeneratedSetting<T>): {
    readonly job: Job;
    /** Lines that tell what is there in the end. */
    result?(): Promise<readonly string[]> | readonly string[];
  };
}

/**
 * Runs an example in this process, by what its command line says. Exit code 0 when all records are through, 130 after Ctrl-C, 1 when
 * something is wrong.
 */
export async function runGenerated<T>(example: GeneratedExample<T>): Promise<void> {
  const options = parseOptions(example, process.argv.slice(2));
  const progress = new Progress(example.unit, options.records, process.stderr);
  const signal = ctrlC(() => progress.note('Stopping with a last checkpoint; Ctrl-C again to kill.'));
  try {
    const { name, records, rate, seed, fresh } = options;
    const folder = join(kept, name);
    if (fresh) await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await example.prepare?.(folder);
    let made = 0;
    const record: GenerateRecord<T> = (index, random) => {
      made = index + 1;
      return example.record(index, random);
    };
    const source = generatedSource({ records, rate, seed, record });
    const { job, result } = example.open({ name, records, rate, seed, source, folder });
    const told = job.events.subscribe({
      next: (event) => {
        if (event.type === 'progress') progress.wrote(made);
        progress.told(event);
      },
      error: () => undefined,
    });
    const running = job.run();
    const stop = (): void => void job.stop().catch(() => job.cancel());
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    const { status } = await running;
    signal.removeEventListener('abort', stop);
    told.unsubscribe();
    progress.clear();
    if (status !== 'finished') {
      process.stdout.write(`Stopped at ${count(made)} ${example.unit}, with nothing lost. Start again to go on.\n`);
      process.exitCode = 130;
      return;
    }
    for (const line of (await result?.()) ?? []) process.stdout.write(`${line}\n`);
    process.stdout.write(`\nMore ${example.unit}: --${example.unit} N. From the beginning: --fresh.\n`);
  } catch (error) {
    progress.note(
      `${error instanceof Error ? error.message : String(error)}\n\nOnce that is put right, start again to go on; --fresh begins anew.`,
    );
    process.exitCode = 1;
  }
}
