import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineSource, type Source } from '@sluice/connector-sdk';
import { expect, expectTypeOf, it } from 'vitest';
import {
  callbackSink,
  createJob,
  fromSource,
  keyBy,
  listState,
  mapState,
  memoryCheckpoints,
  operatorListState,
  processBroadcast,
  processKeyed,
  processStream,
  readSavepoint,
  type Savepoint,
  to,
  updateState,
  valueState,
  writeSavepoint,
} from '../index.js';

function endless<T>(items: readonly T[]): Source<T> {
  return defineSource({
    name: 'endless',
    bounded: false,
    replayable: true,
    discover: async () => [{ id: 'only', split: undefined }],
    open: async (context) => ({
      async *read(_split: unknown, position: number | undefined) {
        for (let at = position ?? 0; at < items.length; at++)
          yield { values: [items[at] as T], positionAfter: () => at + 1 };
        await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
      },
      close: async () => {},
    }),
  });
}

const waiting = { waiting: operatorListState<number>() };
const broadcast = { factors: mapState<string, number>() };
const sums = { sum: valueState<number>() };

function program(startFrom?: { path: string; storage: ReturnType<typeof memoryCheckpoints> }) {
  let seen = 0;
  const numbers$ = fromSource(endless([1, 2, 3]));
  const control$ = fromSource(endless([['double', 2] as const]));
  const waiting$ = numbers$.pipe(
    processStream({
      uid: 'waiting',
      state: waiting,
      onElement: (n, { state }) => state.waiting.add(n),
    }),
    to(callbackSink(() => {})),
  );
  const factors$ = numbers$.pipe(
    keyBy((n) => n % 2),
    processBroadcast(control$, {
      uid: 'factors',
      broadcast,
      state: sums,
      onElement(n, { state }) {
        state.sum.set((state.sum.get() ?? 0) + n);
        return n;
      },
      onBroadcast([name, factor], { broadcast: rules }) {
        rules.factors.set(name, factor);
        seen++;
      },
    }),
    to(callbackSink(() => void seen++)),
  );
  const job = createJob('beside', [waiting$, factors$], startFrom && { startFrom });
  return { job, seen: () => seen };
}

it('lists and broadcast state of operators are read; what is by key is changed without them', async () => {
  const storage = memoryCheckpoints();
  const { job, seen } = program();
  const ended = job.run();
  await expect.poll(seen).toBe(4);
  const folder = await mkdtemp(join(tmpdir(), 'sluice-beside-'));
  const contents = await readSavepoint((await job.stop({ savepoint: folder })) ?? folder);
  await rm(folder, { recursive: true });
  await ended;
  const state = contents.operatorState('waiting', waiting);
  expectTypeOf(state.waiting).toEqualTypeOf<readonly number[]>();
  expect(state).toEqual({ waiting: [1, 2, 3] });
  const before = contents.operatorState('factors', broadcast);
  expectTypeOf(before.factors).toEqualTypeOf<ReadonlyMap<string, number>>();
  expect(before).toEqual({ factors: new Map([['double', 2]]) });
  expect(new Map([...contents.keyed('factors', sums)].map(({ key, state: kept }) => [key, kept.sum]))).toEqual(
    new Map([
      [1, 4],
      [0, 2],
    ]),
  );
  expect(() => contents.operatorState('waiting', { waiting: listState<number>() })).toThrow('SLUICE_UNKNOWN_STATE');
  const operators = { factors: updateState(sums, (entry) => entry.state.sum.set((entry.state.sum.get() ?? 0) * 10)) };
  await writeSavepoint({ path: 'changed', storage }, { from: contents, operators });
  const after = await readSavepoint({ path: 'changed', storage });
  expect(after.operatorState('factors', broadcast)).toEqual(before);
  const next = program({ path: 'changed', storage });
  const again = next.job.run();
  await expect.poll(async () => next.job.query('factors', sums, 1).catch(() => undefined)).toEqual({ sum: 40 });
  await next.job.cancel();
  await again;

  // Lists and broadcast state that a program has no longer are dropped when it is told so.
  const other = (startFrom: Savepoint) => {
    const numbers$ = fromSource(endless([1, 2, 3, 4]));
    const waiting$ = numbers$.pipe(
      processStream({ uid: 'waiting', state: { other: operatorListState<number>() }, onElement: () => {} }),
      to(callbackSink(() => {})),
    );
    const sums$ = numbers$.pipe(
      keyBy((n) => n % 2),
      processKeyed({ uid: 'factors', state: sums, onElement: (n, { state: kept }) => kept.sum.set(n) }),
      to(callbackSink(() => {})),
    );
    return createJob('beside', [waiting$, sums$], { startFrom });
  };
  const startFrom = { path: 'changed', storage };
  await expect(other(startFrom).run()).rejects.toMatchObject({ code: 'SLUICE_STATE_UNMATCHED' });
  const dropping = other({ ...startFrom, allowNonRestoredState: true });
  const dropped = dropping.run();
  await expect.poll(() => dropping.query('factors', sums, 0).catch(() => undefined)).toEqual({ sum: 4 });
  await dropping.cancel();
  await dropped;
});
