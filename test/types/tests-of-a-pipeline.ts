// How a pipeline is tested: marbles for a stream, a driver for a job.
import {
  aggregate,
  arraySource,
  countOf,
  createJob,
  fromSource,
  keyBy,
  memoryCheckpoints,
  monotonousTimestamps,
  to,
  tumbling,
  windowBy,
  withTimestamps,
} from '@sluice/core';
import { collectSink, drive, marbles } from '@sluice/testing';
import { map } from 'rxjs';

await marbles(({ source, expectStream }) => {
  const rides$ = source('a-b 9m W|', { a: { bike: 1 }, b: { bike: 2 } });
  const counts$ = rides$.pipe(
    keyBy((ride) => ride.bike),
    windowBy(tumbling('5m')),
    aggregate(countOf()),
    map((result) => result.value),
  );
  expectStream(counts$).toBe('9m (xy)|', { x: 1, y: 1 });
  // @ts-expect-error the stream gives numbers
  expectStream(counts$).toBe('x|', { x: 'one' });
  expectStream(source('a-b|').pipe(map((letter) => letter.toUpperCase())));
});

const counts = collectSink<number>();
const job = createJob(
  'rides',
  fromSource(
    arraySource([
      { bike: 1, at: 5 },
      { bike: 2, at: 6 },
    ]),
  ).pipe(
    withTimestamps((ride) => ride.at, monotonousTimestamps()),
    keyBy((ride) => ride.bike),
    windowBy(tumbling('5m')),
    aggregate(countOf()),
    map((result) => result.value),
    to(counts),
  ),
  { checkpoints: { interval: '1s', storage: memoryCheckpoints() } },
);
const driver = drive(job, { seed: 42 });
await driver.advance('1s');
const checkpoint: number = await driver.checkpoint();
await driver.crash();
await driver.restart();
await driver.finish();
export const seen: readonly number[] = [checkpoint, ...counts.values];
