import { defineSource, type Source } from '@sluice/connector-sdk';
import { map } from 'rxjs';
import { expect, it } from 'vitest';
import {
  aggregate,
  arraySource,
  boundedOutOfOrderness,
  callbackSink,
  countOf,
  createJob,
  fromSource,
  type JobEvent,
  keyBy,
  memoryCheckpoints,
  to,
  tumbling,
  union,
  windowBy,
  withTimestamps,
} from '../index.js';

/** Gives what is pushed into it, and never ends. */
function openSource(splits: readonly string[]): Source<number> & { push(split: string, ...values: number[]): void } {
  const logs = new Map(splits.map((id) => [id, [] as number[]]));
  const source = defineSource<number, undefined, number>({
    name: 'open',
    bounded: false,
    replayable: true,
    discover: async () => splits.map((id) => ({ id, split: undefined })),
    open: async (context) => ({
      async *read({ id }, position) {
        const log = logs.get(id) ?? [];
        for (let next = position ?? 0; ; ) {
          const from = next;
          const values = log.slice(from);
          next += values.length;
          if (values.length > 0) yield { values, positionAfter: (index) => from + index + 1 };
          else await context.clock.sleep(1, context.signal);
        }
      },
      close: async () => {},
    }),
  });
  return { ...source, push: (split, ...values) => void logs.get(split)?.push(...values) } as ReturnType<
    typeof openSource
  >;
}

const until = async (condition: () => boolean): Promise<void> => {
  const end = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('it did not come');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};

it('a batch is a stream that ends: its windows fire, and the last progress is the whole', async () => {
  const counts: string[] = [];
  const events: JobEvent[] = [];
  const numbers = Array.from({ length: 5_000 }, (_, n) => n);
  const job = createJob(
    'batch',
    fromSource(arraySource(numbers)).pipe(
      withTimestamps((n) => n, boundedOutOfOrderness(0)),
      keyBy((n) => n % 2),
      windowBy(tumbling(5_000)),
      aggregate(countOf()),
      to(callbackSink((count) => void counts.push(`${count.key}: ${count.value}`))),
    ),
    { checkpoints: { interval: '10ms', storage: memoryCheckpoints() } },
  );
  job.events.subscribe((event) => events.push(event));
  expect(await job.run()).toMatchObject({ status: 'finished' });
  expect(counts.sort()).toEqual(['0: 2500', '1: 2500']);
  const progress = events.filter((event) => event.type === 'progress');
  expect(progress.at(-1)).toMatchObject({
    elements: 5_000,
    fraction: 1,
    timeLeftMs: 0,
    watermark: Number.POSITIVE_INFINITY,
  });
});

it('a bounded source that has ended holds nothing back, is not read again, and stops no checkpoint', async () => {
  const live = openSource(['live']);
  const history = [1, 2, 3];
  const storage = memoryCheckpoints();
  const start = () => {
    const out: string[] = [];
    const events: JobEvent[] = [];
    const at = withTimestamps((n: number) => n, boundedOutOfOrderness(0), { every: 0 });
    const job = createJob(
      'mixed',
      union(fromSource(arraySource(history)).pipe(at), fromSource(live).pipe(at)).pipe(
        keyBy(() => 'all'),
        windowBy(tumbling(10)),
        aggregate(countOf()),
        map(({ window, value }) => `${window.start}: ${value}`),
        to(callbackSink((line) => void out.push(line))),
      ),
      { checkpoints: { interval: '5ms', storage } },
    );
    job.events.subscribe((event) => events.push(event));
    return { job, out, events };
  };
  const checkpoints = (events: JobEvent[]) => events.filter(({ type }) => type === 'checkpointCompleted').length;

  const first = start();
  const running = first.job.run();
  live.push('live', 4, 15);
  await until(() => first.out.length > 0);
  expect(first.out).toEqual(['0: 4']);
  const so = checkpoints(first.events);
  await until(() => checkpoints(first.events) > so + 2);
  await first.job.stop();
  expect((await running).status).toBe('stopped');

  const second = start();
  const again = second.job.run();
  live.push('live', 25);
  await until(() => second.out.length > 0);
  expect(second.out).toEqual(['10: 1']);
  await second.job.cancel();
  await again;
});

it('tells which input keeps event time back, and for how long', async () => {
  const splits = openSource(['quick', 'silent']);
  const other = openSource(['only']);
  const delays: Extract<JobEvent, { type: 'watermarkDelayed' }>[] = [];
  const at = withTimestamps((n: number) => n, boundedOutOfOrderness(0), { every: 0 });
  const job = createJob(
    'delayed',
    union(fromSource(splits).pipe(at), fromSource(other).pipe(at)).pipe(
      keyBy(() => 'all'),
      windowBy(tumbling(10)),
      aggregate(countOf()),
      to(callbackSink(() => {})),
    ),
    { watermarkDelay: '40ms' },
  );
  job.events.subscribe((event) => {
    if (event.type === 'watermarkDelayed') delays.push(event);
  });
  const running = job.run();
  splits.push('quick', 100);
  other.push('only', 50);
  await until(() => new Set(delays.map(({ uid }) => uid)).size > 1);
  const delay = { watermark: Number.NEGATIVE_INFINITY, behindMs: Number.POSITIVE_INFINITY };
  expect(delays.find(({ uid }) => uid === 'withTimestamps-1')).toMatchObject({ ...delay, inputs: ['silent'] });
  expect(delays.find(({ uid }) => uid === 'union-1')).toMatchObject({ ...delay, inputs: ['withTimestamps-1'] });
  expect(delays.every(({ forMs }) => forMs >= 40)).toBe(true);
  splits.push('silent', 20);
  await until(() => delays.at(-1)?.watermark === 19);
  expect(delays.at(-1)).toMatchObject({ forMs: expect.any(Number) });
  await job.cancel();
  await running;
});
