// A job is an Observable: started, watched, stopped with a savepoint, and started again from it.
import {
  callbackSink,
  createJob,
  exponentialDelay,
  fileCheckpoints,
  fromSource,
  type Job,
  type JobEvent,
  type JobResult,
  json,
  keyBy,
  mapValues,
  type Savepoint,
  scanByKey,
  to,
  values,
} from '@sluice/core';
import { kafkaSource } from '@sluice/kafka';
import { filter, retry, Subject, takeUntil } from 'rxjs';
import type { Ride } from './ride.js';
import { same } from './same.js';

const options = {
  checkpoints: { interval: '10s', storage: fileCheckpoints('./checkpoints') },
  restart: exponentialDelay({ initial: '1s', max: '1m', jitter: 0.2 }),
} as const;

function odometers() {
  return fromSource(kafkaSource({ brokers: ['b'], topic: 't', groupId: 'g', value: json<Ride>() })).pipe(
    keyBy((ride) => ride.bike),
    mapValues((ride, bike) => ({ bike, metres: ride.metres })),
    scanByKey(
      (total, ride) => total + ride.metres,
      () => 0,
      { uid: 'odometer', ttl: '365d' },
    ),
    values(),
    filter((metres) => metres > 1_000_000),
    to(callbackSink((metres, timestamp) => same<[typeof metres, typeof timestamp], [number, number]>())),
  );
}

const first: Job = createJob('odometers', odometers(), options);
const result: Promise<JobResult> = first.run();
const savepoint: Savepoint | undefined = await first.stop({ savepoint: './savepoints', drain: false });
same<Awaited<typeof result>['status'], 'finished' | 'stopped' | 'suspended' | 'cancelled'>();

const second = createJob('odometers', odometers(), {
  ...options,
  ...(savepoint && { startFrom: { ...savepoint, allowNonRestoredState: true } }),
});
const stop$ = new Subject<void>();
second.pipe(retry({ count: 2, delay: 500 }), takeUntil(stop$)).subscribe((event) => {
  same<typeof event, JobEvent>();
  if (event.type === 'checkpointCompleted') same<typeof event.durationMs, number>();
  if (event.type === 'started') same<typeof event.restoredFrom, number | undefined>();
});
second.events.subscribe();
export const picture: string = second.toMermaid();
await second.cancel({ deleteCheckpoints: true });

// @ts-expect-error there is no such level
createJob('sure', odometers(), { guarantee: 'exactly-twice' });
