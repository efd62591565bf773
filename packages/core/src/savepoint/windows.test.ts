import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineSource, type Source } from '@sluice/connector-sdk';
import type { Observable, OperatorFunction } from 'rxjs';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import {
  aggregate,
  boundedOutOfOrderness,
  callbackSink,
  countOf,
  createJob,
  fromSource,
  type Keyed,
  keyBy,
  readSavepoint,
  session,
  sliding,
  sumOf,
  to,
  tumbling,
  windowBy,
  withTimestamps,
} from '../index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-saved-windows-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Click {
  readonly user: string;
  readonly at: number;
}

const clicks: readonly Click[] = [
  { user: 'ann', at: 1000 },
  { user: 'bob', at: 2000 },
  { user: 'ann', at: 12_000 },
  { user: 'ann', at: 13_000 },
];

function endless(told: () => void): Source<Click> {
  return defineSource({
    name: 'endless',
    bounded: false,
    replayable: true,
    discover: async () => [{ id: 'only', split: undefined }],
    open: async (context) => ({
      async *read(_split: unknown, position: number | undefined) {
        for (let at = position ?? 0; at < clicks.length; at++)
          yield { values: [clicks[at] as Click], positionAfter: () => at + 1 };
        told();
        await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
      },
      close: async () => {},
    }),
  });
}

/** A savepoint after all clicks, the watermark standing at 12.999 s. */
async function savepointOf<R>(windows: OperatorFunction<Keyed<string, Click>, R>) {
  let told: () => void = () => {};
  const read = new Promise<void>((resolve) => {
    told = resolve;
  });
  const flow = fromSource(endless(() => told())).pipe(
    withTimestamps((click) => click.at, boundedOutOfOrderness(0), { every: 0 }),
    keyBy((click) => click.user),
    windows,
    to(callbackSink(() => {})),
  );
  const job = createJob('windowed', flow);
  const ended = job.run();
  await read;
  const savepoint = await job.stop({ savepoint: folder });
  await ended;
  return readSavepoint(savepoint ?? folder);
}

interface Result {
  readonly key: string;
  readonly window: { readonly start: number; readonly end: number };
  readonly value: unknown;
}

const results = (windows: readonly Result[]) =>
  windows.map(({ key, window, value }) => [key, window.start, window.end, value]);

type Clicks = Observable<Keyed<string, Click>>;
const uid = 'windows';
const sumOfTimes = sumOf((click: Click) => click.at);

describe('windows in a savepoint', () => {
  it('fixed ones, the results typed', async () => {
    const counts = (clicks$: Clicks) => clicks$.pipe(windowBy(tumbling('10s'), { uid }), aggregate(countOf()));
    const open = (await savepointOf(counts)).windows(uid, counts);
    for (const { key, window, value } of open) {
      expectTypeOf(key).toEqualTypeOf<string>();
      expectTypeOf(window.start).toEqualTypeOf<number>();
      expectTypeOf(value).toEqualTypeOf<number>();
    }
    expect(results(open)).toEqual([['ann', 10_000, 20_000, 2]]);
  });

  it('sliding ones, which are kept as panes', async () => {
    const sums = (clicks$: Clicks) => clicks$.pipe(windowBy(sliding('10s', '5s'), { uid }), aggregate(sumOfTimes));
    expect(results((await savepointOf(sums)).windows(uid, sums))).toEqual([
      ['ann', 5000, 15_000, 25_000],
      ['ann', 10_000, 20_000, 25_000],
    ]);
  });

  it('sessions with all their elements', async () => {
    const sessions = (clicks$: Clicks) => clicks$.pipe(windowBy(session('30s'), { uid }));
    const open = (await savepointOf(sessions)).windows(uid, sessions);
    expect(new Map(open.map(({ key, window, values }) => [key, { window, values }]))).toEqual(
      new Map([
        ['ann', { window: { start: 1000, end: 43_000 }, values: [clicks[0], clicks[2], clicks[3]] }],
        ['bob', { window: { start: 2000, end: 32_000 }, values: [clicks[1]] }],
      ]),
    );
  });

  it('of another kind or aggregate are refused', async () => {
    const counts = (clicks$: Clicks) => clicks$.pipe(windowBy(tumbling('10s'), { uid }), aggregate(countOf()));
    const sums = (clicks$: Clicks) => clicks$.pipe(windowBy(tumbling('10s')), aggregate(sumOfTimes));
    const contents = await savepointOf(counts);
    expect(() => contents.windows(uid, sums)).toThrow('SLUICE_STATE_VERSION');
    expect(() => contents.windows('nobody', sums)).toThrow('SLUICE_UNKNOWN_UID');
  });
});
