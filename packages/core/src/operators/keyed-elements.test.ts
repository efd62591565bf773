import { map } from 'rxjs';
import { expect, it } from 'vitest';
import {
  aggregateByKey,
  arraySource,
  asyncMap,
  callbackSink,
  countOf,
  createJob,
  type Flow,
  fixedDelay,
  fromSource,
  keyBy,
  listOf,
  memoryCheckpoints,
  scanByKey,
  to,
} from '../index.js';

const names = ['ann', 'bob', 'ann', 'cid', 'bob', 'ann'];
const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const restartable = () =>
  ({
    checkpoints: { interval: 1, storage: memoryCheckpoints() },
    restart: fixedDelay({ attempts: 1, delay: 1 }),
  }) as const;

it('are kept by asyncMap while it waits, restored, and still keyed behind it', async () => {
  const out: [string, number][] = [];
  let calls = 0;
  const flow: Flow = fromSource(arraySource(names)).pipe(
    keyBy((name) => name),
    asyncMap(
      async (element) => {
        await wait(20);
        if (++calls === names.length) throw new Error('once');
        return element;
      },
      { concurrency: names.length },
    ),
    aggregateByKey(countOf()),
    map(({ key, value }): [string, number] => [key, value]),
    to(callbackSink((row) => void out.push(row))),
  );
  expect((await createJob('waiting', flow, restartable()).run()).restarts).toBe(1);
  expect(new Map(out)).toEqual(
    new Map([...new Set(names)].map((n) => [n, names.filter((other) => other === n).length])),
  );
});

it('are kept in the state of operators behind a second keyBy', async () => {
  const lengths: number[] = [];
  const flow: Flow = fromSource(arraySource(names)).pipe(
    keyBy((name) => name),
    scanByKey(
      (seen: number) => seen + 1,
      () => 0,
    ),
    keyBy((seen) => seen.value),
    aggregateByKey(listOf()),
    to(
      callbackSink(async ({ value }) => {
        lengths.push(value.length);
        await wait(2);
      }),
    ),
  );
  expect((await createJob('nested', flow, restartable()).run()).restarts).toBe(0);
  expect(lengths).toEqual([1, 2, 1, 3, 2, 1]);
});
