/*
 * Bad input, what it is for each system, and the tests that show it. Those in this folder run a job, harm it, and let it go on:
 *
 * | bad input              | here                                            | as well, with every detail                                    |
 * | unreachable broker     | kafka, elasticsearch, redis, postgres           | test/kafka/source-start, test/redis/job, test/elasticsearch/job |
 * | unknown topic          | kafka (source and sink); file (missing file)    | test/kafka/source-start, sink-job                             |
 * | missing table          | postgres; elasticsearch (missing index); file (missing directory) | test/postgres/bad-input, check; test/elasticsearch/check |
 * | missing column         | postgres                                        | test/postgres/bad-input, check                                |
 * | wrong type             | postgres; redis (key of another type)           | test/postgres/bad-input, values; test/redis/sinks             |
 * | missing privilege      | postgres, redis, elasticsearch                  | test/postgres/bad-input, check; test/kafka/source-broker; test/redis/faults; connectors/file/src/sink/file-sink |
 * | feature off            | kafka (transaction timeout); postgres (prepared transactions); redis (replica); elasticsearch (pipeline) | test/chaos row 9, test/postgres/own-server |
 * | full disk              | file; redis (memory); elasticsearch (its block) | test/postgres/bad-input; test/file/kills                      |
 * | index mapping conflict | elasticsearch                                   | test/elasticsearch/check, job                                 |
 */
import { defineSource, SluiceError } from '@sluice/connector-sdk';
import {
  type CheckpointStorage,
  createJob,
  fromSource,
  type Job,
  memoryCheckpoints,
  noRestart,
  type Sink,
  type Source,
  to,
} from '@sluice/core';
import { expect } from 'vitest';

/** How many elements are processed before anything is wrong, and how many there are in all. */
export const BEFORE = 40;
export const ALL = 100;

/** Something outside of the job that is not as it has to be. */
export interface BadInput {
  readonly what: string;
  /** Of the failure, or of what caused it. */
  readonly code: string;
  /** Part of the remedy of that error. */
  readonly remedy: string;
  /** Makes it wrong; left out where only an option is wrong. */
  harm?(): Promise<unknown>;
  mend?(): Promise<unknown>;
}

export interface JobUnderTest {
  readonly name: string;
  /** With an option that is wrong if `harmed`. `endless`: it waits for more behind its last element. */
  start(upTo: number, harmed: boolean, endless: boolean, storage: CheckpointStorage): Job;
  /** Everything that is committed, in any order. */
  read(): Promise<readonly number[]>;
}

/**
 * The job processes some elements and is stopped; then something is wrong, and it fails by the code, with the remedy, and loses nothing; once
 * that is put right it goes on from its checkpoint, and everything is there once.
 */
export async function failsClearlyAndGoesOn({ start, read }: JobUnderTest, bad: BadInput): Promise<void> {
  const storage = memoryCheckpoints();
  const there = async (): Promise<readonly number[]> => [...(await read())].sort((a, b) => a - b);
  const running = start(BEFORE, false, true, storage);
  const first = running.run();
  await Promise.race([first, expect.poll(there, { timeout: 20_000, interval: 20 }).toEqual(upTo(BEFORE))]);
  await running.stop();
  await first;

  await bad.harm?.();
  const failed = await start(ALL, true, false, storage)
    .run()
    .then(() => expect.fail('the job has finished'), causesOf);
  expect(failed.map(({ code }) => code)).toContain(bad.code);
  const clear = failed.find(({ code }) => code === bad.code);
  expect(clear?.remedy).toContain(bad.remedy);
  expect(clear?.expected).not.toBe('');

  await bad.mend?.();
  // A sink that is no transaction may have written more, and writes it again.
  expect(await there()).toEqual(expect.arrayContaining(upTo(BEFORE)));
  expect(await start(ALL, false, false, storage).run()).toMatchObject({ status: 'finished' });
  expect(await there()).toEqual(upTo(ALL));
}

/** A job that writes numbers into a sink. */
export function writingJob(
  name: string,
  sink: (harmed: boolean) => Sink<number>,
  read: () => Promise<readonly number[]>,
): JobUnderTest {
  return {
    name,
    read,
    start: (upTo, harmed, endless, storage) =>
      createJob(name, fromSource(numbers(upTo, endless)).pipe(to(sink(harmed), { uid: 'sink' })), {
        restart: noRestart(),
        checkpoints: { interval: 20, storage },
      }),
  };
}

/** A job that reads numbers from a source; `more` puts those into it that are there from the second run on. */
export function readingJob(
  name: string,
  source: (harmed: boolean, endless: boolean) => Source<number>,
  sink: Sink<number>,
  read: () => Promise<readonly number[]>,
): JobUnderTest {
  return {
    name,
    read,
    start: (_upTo, harmed, endless, storage) =>
      createJob(name, fromSource(source(harmed, endless)).pipe(to(sink, { uid: 'sink' })), {
        restart: noRestart(),
        checkpoints: { interval: 20, storage },
      }),
  };
}

export function upTo(count: number, from = 0): number[] {
  return Array.from({ length: count - from }, (_, index) => from + index);
}

function numbers(count: number, endless: boolean): Source<number> {
  return defineSource<number, null, number>({
    name: 'numbers',
    bounded: !endless,
    replayable: true,
    discover: async () => [{ id: 'all', split: null }],
    open: async ({ clock }) => ({
      async *read(_split, position = 0, signal) {
        yield { values: upTo(count, position), positionAfter: (index: number) => position + index + 1 };
        if (endless) await clock.sleep('1h', signal);
      },
      close: async () => {},
    }),
  }) as Source<number>;
}

function causesOf(failure: unknown): SluiceError[] {
  const causes: SluiceError[] = [];
  for (let cause = failure; cause instanceof Error && causes.length < 10; cause = cause.cause) {
    if (SluiceError.isInstance(cause)) causes.push(cause);
  }
  return causes;
}
