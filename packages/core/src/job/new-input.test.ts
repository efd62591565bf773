import { map } from 'rxjs';
import { expect, it } from 'vitest';
import {
  aggregate,
  arraySource,
  boundedOutOfOrderness,
  type CheckpointStorage,
  callbackSink,
  countOf,
  createJob,
  fromSource,
  keyBy,
  memoryCheckpoints,
  onEventTime,
  session,
  sideOutput,
  type TimeWindow,
  to,
  tumbling,
  type WindowAssigner,
  type WindowOptions,
  windowBy,
  withTimestamps,
} from '../index.js';

type Row = [start: number, count: number];

async function run(
  times: readonly number[],
  storage: CheckpointStorage,
  assigner: WindowAssigner<unknown, TimeWindow>,
  options: Omit<WindowOptions<number, TimeWindow>, 'late'> = {},
): Promise<{ rows: Row[]; late: number[] }> {
  const rows: Row[] = [];
  const late: number[] = [];
  const late$ = sideOutput<number>('late');
  const counts = fromSource(arraySource(times)).pipe(
    withTimestamps((at) => at, boundedOutOfOrderness(5), { every: 0 }),
    keyBy(() => 'all'),
    windowBy(assigner, { ...options, late: late$ }),
    aggregate(countOf()),
    map(({ window, value }): Row => [window.start, value]),
    to(callbackSink((row) => void rows.push(row))),
  );
  const job = createJob('growing', [counts, late$.pipe(to(callbackSink((at) => void late.push(at))))], {
    checkpoints: { interval: '10s', storage },
  });
  expect((await job.run()).status).toBe('finished');
  return { rows, late };
}

/** What had a result before the input ended a first time is late, the rest of what came since is not. */
it.each<[string, WindowAssigner<unknown, TimeWindow>, Omit<WindowOptions<number, TimeWindow>, 'late'>]>([
  ['tumbling windows', tumbling(10), {}],
  ['windows of another trigger', tumbling(10), { trigger: { ...onEventTime() } }],
])('a finished job goes on when its source has grown: %s', async (_name, assigner, options) => {
  const storage = memoryCheckpoints();
  expect(await run([1, 15], storage, assigner, options)).toEqual({
    rows: [
      [0, 1],
      [10, 1],
    ],
    late: [],
  });
  expect(await run([1, 15], storage, assigner, options)).toEqual({ rows: [], late: [] });
  expect(await run([1, 15, 17, 25, 26, 36], storage, assigner, options)).toEqual({
    rows: [
      [20, 2],
      [30, 1],
    ],
    late: [17],
  });
});

it('a finished job goes on when its source has grown: sessions', async () => {
  const storage = memoryCheckpoints();
  expect((await run([1, 15], storage, session(10))).rows).toEqual([
    [1, 1],
    [15, 1],
  ]);
  expect(await run([1, 15, 17, 18, 40], storage, session(10))).toEqual({
    rows: [
      [17, 2],
      [40, 1],
    ],
    late: [],
  });
});
