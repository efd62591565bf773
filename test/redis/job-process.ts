/**
 * A process that counts the plays of a stream into hashes and copies them to another stream, until the stream ends or it is killed. It tells on
 * its standard output that it has `started`, and how it ended.
 */
import { writeSync } from 'node:fs';
import { SluiceError } from '@sluice/connector-sdk';
import { aggregateByKey, countOf, createJob, fileCheckpoints, fromSource, keyBy, noRestart, to } from '@sluice/core';
import { redisHashSink, redisStreamSink, redisStreamSource } from '@sluice/redis';
import { map } from 'rxjs';

const [url = '', prefix = '', folder = ''] = process.argv.slice(2);
/** Nanoseconds for each play, so that a kill finds it in the middle. */
const PACE = 50_000n;

const plays$ = fromSource(
  redisStreamSource({
    url,
    streams: `${prefix}plays`,
    bounded: 'latest',
    count: 50,
    value: ({ fields }) => ({ n: Number(fields.n), player: fields.player ?? '' }),
  }),
).pipe(
  map((play) => {
    for (const until = process.hrtime.bigint() + PACE; process.hrtime.bigint() < until; );
    return play;
  }),
);
const options = { url, prefix, maxBatchCount: 20 };
const totals = redisHashSink<{ readonly key: string; readonly value: number }>({
  ...options,
  key: ({ key }) => `total:${key}`,
  fields: ({ value }) => ({ value }),
});
const copy = redisStreamSink<{ readonly n: number }>({
  ...options,
  key: () => 'copy',
  id: ({ n }) => `${n}`,
  fields: ({ n }) => ({ n }),
});
const flows = [
  plays$.pipe(
    keyBy(({ player }) => player),
    aggregateByKey(countOf()),
    map(({ key, value }) => ({ key, value })),
    to(totals),
  ),
  plays$.pipe(to(copy)),
];
createJob(`counts ${prefix}`, flows, {
  guarantee: 'exactly-once',
  restart: noRestart(),
  checkpoints: { interval: 30, storage: fileCheckpoints(folder) },
}).subscribe({
  next: ({ type }) => {
    if (type === 'started') writeSync(1, 'started\n');
  },
  complete: () => void writeSync(1, 'finished\n'),
  error: (error) => void writeSync(1, `failed ${SluiceError.isInstance(error) ? error.code : String(error)}\n`),
});
