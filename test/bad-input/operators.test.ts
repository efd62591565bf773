import { SluiceError } from '@sluice/connector-sdk';
import * as core from '@sluice/core';
import { describe, expect, it } from 'vitest';
import { referencePages } from '../../docs/.vitepress/reference.js';

const wrong = (value: unknown): never => value as never;
const any = core.fromSource(core.arraySource([1, 2]));
const keyed = any.pipe(core.keyBy((n) => n));
const windows = keyed.pipe(core.windowBy(core.tumblingCount(2)));
const f = (): never => wrong(undefined);

/** By function: what each of its arguments and options must not be, and who says so when it is not the function itself. */
const table: Readonly<Record<string, readonly (readonly [what: string, build: () => unknown])[]>> = {
  // ── operators ──
  keyBy: [['keyOf is no function', () => core.keyBy(wrong('user'))]],
  mapValues: [['project is no function', () => core.mapValues(wrong({}))]],
  many: [['values are not iterable', () => core.many(wrong(7))]],
  processKeyed: [
    ['no handlers', () => core.processKeyed(wrong(undefined))],
    ['onElement is no function', () => core.processKeyed({ onElement: wrong(1) })],
    ['onTimer is no function', () => core.processKeyed({ onElement: f, onTimer: wrong('timer') })],
    ['state is no descriptor', () => core.processKeyed({ state: { n: wrong(0) }, onElement: f })],
  ],
  processWith: [
    ['the right side is no stream', () => keyed.pipe(core.processWith(wrong([1]), { onLeft: f, onRight: f }))],
    ['onLeft is no function', () => core.processWith(keyed, { onLeft: wrong(1), onRight: f })],
    ['onRight is no function', () => core.processWith(keyed, { onLeft: f, onRight: wrong(1) })],
    ['onTimer is no function', () => core.processWith(keyed, { onLeft: f, onRight: f, onTimer: wrong(1) })],
    ['state is no descriptor', () => core.processWith(keyed, { state: { n: wrong(0) }, onLeft: f, onRight: f })],
  ],
  processStream: [
    ['no handlers', () => core.processStream(wrong(undefined))],
    ['onElement is no function', () => core.processStream({ onElement: wrong(1) })],
    ['state is keyed', () => core.processStream({ state: { n: wrong(core.valueState()) }, onElement: f })],
  ],
  processBroadcast: [
    [
      'control is no stream',
      () => keyed.pipe(core.processBroadcast(wrong(1), { broadcast: {}, onElement: f, onBroadcast: f })),
    ],
    [
      'onBroadcast is no function',
      () => core.processBroadcast(any, { broadcast: {}, onElement: f, onBroadcast: wrong(1) }),
    ],
    [
      'onElement is no function',
      () => core.processBroadcast(any, { broadcast: {}, onElement: wrong(1), onBroadcast: f }),
    ],
    [
      'broadcast state is no map',
      () => core.processBroadcast(any, { broadcast: { n: wrong(core.valueState()) }, onElement: f, onBroadcast: f }),
    ],
  ],
  withBroadcast: [
    ['control is no stream', () => any.pipe(core.withBroadcast(wrong(1), f))],
    ['project is no function', () => core.withBroadcast(any, wrong(1))],
  ],
  scanByKey: [
    ['accumulate is no function', () => core.scanByKey(wrong(0), f)],
    ['seed is no function', () => core.scanByKey(f, wrong(0))],
    ['ttl is no duration', () => core.scanByKey(f, f, { ttl: wrong('5 sec') })],
    ['ttl is 0', () => core.scanByKey(f, f, { ttl: 0 })],
    ['ttl has an unknown clock', () => core.scanByKey(f, f, { ttl: { after: '1s', time: wrong('wall') } })],
    ['ttl has an unknown refresh', () => core.scanByKey(f, f, { ttl: { after: '1s', refresh: wrong('read') } })],
    ['ttl has an unknown expired', () => core.scanByKey(f, f, { ttl: { after: '1s', expired: wrong('always') } })],
  ],
  aggregateByKey: [
    ['no aggregate', () => core.aggregateByKey(wrong({}))],
    ['ttl is negative', () => core.aggregateByKey(core.countOf(), { ttl: -1 })],
  ],
  aggregate: [['no aggregate', () => windows.pipe(core.aggregate(wrong({ add: f })))]],
  dedupe: [
    ['keyOf is no function', () => core.dedupe(wrong('id'), { ttl: '1h' })],
    ['no ttl', () => core.dedupe(f, wrong({}))],
    ['ttl is 0', () => core.dedupe(f, { ttl: 0 })],
    ['keep is neither', () => core.dedupe(f, { ttl: '1h', keep: wrong('middle') })],
  ],
  topN: [
    ['n is 0', () => core.topN(0, f)],
    ['n is a fraction', () => core.topN(1.5, f)],
    ['select is no function', () => core.topN(3, wrong('price'))],
    ['ttl is no duration', () => core.topN(3, f, { ttl: wrong('soon') })],
  ],
  asyncMap: [
    ['project is no function', () => core.asyncMap(wrong(1), { concurrency: 1 })],
    ['no options', () => core.asyncMap(f, wrong(undefined))],
    ['concurrency is 0', () => core.asyncMap(f, { concurrency: 0 })],
    ['order is neither', () => core.asyncMap(f, { concurrency: 1, order: wrong('random') })],
    ['timeout is 0', () => core.asyncMap(f, { concurrency: 1, timeout: 0 })],
    ['attempts is 0', () => core.asyncMap(f, { concurrency: 1, retry: { attempts: 0 } })],
    ['delay is no duration', () => core.asyncMap(f, { concurrency: 1, retry: { attempts: 2, delay: wrong('x') } })],
    ['maxDelay is 0', () => core.asyncMap(f, { concurrency: 1, retry: { attempts: 2, maxDelay: 0 } })],
    ['onError is unknown', () => core.asyncMap(f, { concurrency: 1, onError: wrong('ignore') })],
  ],
  withTimestamps: [
    ['timestampOf is no function', () => core.withTimestamps(wrong('at'), core.monotonousTimestamps())],
    ['no strategy', () => core.withTimestamps(f, wrong(undefined))],
    ['every is negative', () => core.withTimestamps(f, core.monotonousTimestamps(), { every: -1 })],
    ['idleAfter is 0', () => core.withTimestamps(f, core.monotonousTimestamps(), { idleAfter: 0 })],
    [
      'group has no name',
      () => core.withTimestamps(f, core.monotonousTimestamps(), { alignment: { group: '', maxDrift: 1 } }),
    ],
    [
      'maxDrift is negative',
      () => core.withTimestamps(f, core.monotonousTimestamps(), { alignment: { group: 'g', maxDrift: -1 } }),
    ],
  ],
  withIngestionTime: [['idleAfter is 0', () => core.withIngestionTime({ idleAfter: 0 })]],
  windowBy: [
    ['no assigner', () => core.windowBy(wrong('1m'))],
    ['trigger is none', () => core.windowBy(core.tumbling(1), { trigger: wrong({}) })],
    ['evictor is none', () => core.windowBy(core.tumbling(1), { evictor: wrong({}) })],
    ['lateness is negative', () => core.windowBy(core.tumbling(1), { allowedLateness: -1 })],
    ['late is no side output', () => core.windowBy(core.tumbling(1), { late: wrong('late') })],
  ],
  windowAll: [
    ['no assigner', () => core.windowAll(wrong(1))],
    ['lateness is no duration', () => core.windowAll(core.tumbling(1), { allowedLateness: wrong('x') })],
  ],
  // ── joins ──
  intervalJoin: [
    ['the right side is no stream', () => keyed.pipe(core.intervalJoin(wrong(1), { within: [0, 1] }, f))],
    ['no interval', () => core.intervalJoin(keyed, wrong({}), f)],
    ['the interval is upside down', () => core.intervalJoin(keyed, { within: [2, 1] }, f)],
    ['kind is unknown', () => core.intervalJoin(keyed, { within: [0, 1], kind: wrong('outer') }, f)],
    ['project is no function', () => core.intervalJoin(keyed, { within: [0, 1] }, wrong(1))],
  ],
  windowJoin: [
    ['the right side is no stream', () => keyed.pipe(core.windowJoin(wrong(1), { window: core.tumbling(1) }, f))],
    ['no window', () => core.windowJoin(keyed, wrong({}), f)],
    ['kind is unknown', () => core.windowJoin(keyed, { window: core.tumbling(1), kind: wrong('outer') }, f)],
    ['project is no function', () => core.windowJoin(keyed, { window: core.tumbling(1) }, wrong(1))],
  ],
  coGroup: [
    ['the right side is no stream', () => keyed.pipe(core.coGroup(wrong(1), { window: core.tumbling(1) }, f))],
    ['no window', () => core.coGroup(keyed, wrong({}), f)],
    ['project is no function', () => core.coGroup(keyed, { window: core.tumbling(1) }, wrong(1))],
  ],
  asOfJoin: [
    ['the right side is no stream', () => keyed.pipe(core.asOfJoin(wrong(1), { ttl: '1d' }, f))],
    ['no ttl', () => core.asOfJoin(keyed, wrong({}), f)],
    ['tolerance is negative', () => core.asOfJoin(keyed, { ttl: '1d', tolerance: -1 }, f)],
    ['project is no function', () => core.asOfJoin(keyed, { ttl: '1d' }, wrong(1))],
  ],
  lookupJoin: [
    ['lookup is no function', () => core.lookupJoin(wrong(1), { concurrency: 1 }, f)],
    ['concurrency is 0', () => core.lookupJoin(f, { concurrency: 0 }, f)],
    ['cache.ttl is 0', () => core.lookupJoin(f, { concurrency: 1, cache: { ttl: 0, maxEntries: 1 } }, f)],
    ['cache.maxEntries is 0', () => core.lookupJoin(f, { concurrency: 1, cache: { ttl: 1, maxEntries: 0 } }, f)],
    ['project is no function', () => core.lookupJoin(f, { concurrency: 1 }, wrong(1))],
  ],
  // ── patterns ──
  detect: [
    ['pattern is no function', () => core.detect(wrong({}), f)],
    ['project is no function', () => core.detect((p) => p.begin('a', f), wrong(1))],
    ['afterMatch is unknown', () => core.detect((p) => p.begin('a', f), f, { afterMatch: wrong('skip') })],
    ['time is unknown', () => core.detect((p) => p.begin('a', f), f, { time: wrong('wall') })],
    ['timedOut is no side output', () => core.detect((p) => p.begin('a', f), f, { timedOut: wrong('late') })],
    ['late is no side output', () => core.detect((p) => p.begin('a', f), f, { late: wrong('late') })],
  ],
  // ── streams ──
  fromSource: [
    ['no source', () => core.fromSource(wrong([1]))],
    ['discoveryInterval is 0', () => core.fromSource(core.arraySource([1]), { discoveryInterval: 0 })],
  ],
  fromObservable: [
    ['no input', () => core.fromObservable(wrong(7))],
    ['buffer is 0', () => core.fromObservable([1], { buffer: 0 })],
    ['overflow is unknown', () => core.fromObservable([1], { overflow: wrong('grow') })],
  ],
  union: [['not a stream', () => core.union(any, wrong(1))]],
  unionWith: [['not a stream', () => any.pipe(core.unionWith(wrong(1)))]],
  arraySource: [['not iterable', () => core.arraySource(wrong(7))]],
  callbackSink: [['no function', () => core.callbackSink(wrong(1))]],
  observerSink: [['no observer', () => core.observerSink(wrong({}))]],
  writableSink: [['no stream', () => core.writableSink(wrong({}))]],
  sideOutput: [['no name', () => core.sideOutput(wrong(''))]],
  configure: [['uid is no name', () => any.pipe(core.configure({ uid: wrong(7) }))]],
  to: [
    ['no sink', () => core.to(wrong({}))],
    ['rejected is no side output', () => core.to(core.callbackSink(f), { rejected: wrong('bad') })],
  ],
  // ── time and windows ──
  boundedOutOfOrderness: [['negative', () => core.boundedOutOfOrderness(-1)]],
  tumbling: [
    ['size is 0', () => core.tumbling(0)],
    ['time is unknown', () => core.tumbling(1, { time: wrong('wall') })],
    ['offset is no duration', () => core.tumbling(1, { offset: wrong('x') })],
  ],
  sliding: [
    ['size is 0', () => core.sliding(0, 1)],
    ['slide is 0', () => core.sliding(1, 0)],
  ],
  session: [['gap is 0', () => core.session(0)]],
  dynamicSession: [['gapOf is no function', () => core.dynamicSession(wrong('5s'))]],
  tumblingCount: [['size is 0', () => core.tumblingCount(0)]],
  slidingCount: [
    ['size is a fraction', () => core.slidingCount(1.5, 1)],
    ['every is 0', () => core.slidingCount(1, 0)],
  ],
  onCount: [['count is 0', () => core.onCount(0)]],
  onDelta: [
    ['threshold is none', () => core.onDelta(Number.NaN, f)],
    ['delta is no function', () => core.onDelta(1, wrong(1))],
  ],
  everyEventTime: [['interval is 0', () => core.everyEventTime(0)]],
  everyProcessingTime: [['interval is 0', () => core.everyProcessingTime(0)]],
  purging: [['no trigger', () => core.purging(wrong({}))]],
  evictByCount: [
    ['keep is negative', () => core.evictByCount(-1)],
    ['when is unknown', () => core.evictByCount(1, { when: wrong('during') })],
  ],
  evictByTime: [['keep is negative', () => core.evictByTime(-1)]],
  evictByDelta: [
    ['threshold is none', () => core.evictByDelta(Number.NaN, f)],
    ['delta is no function', () => core.evictByDelta(1, wrong(1))],
  ],
  // ── aggregates ──
  countOf: [['where is no function', () => core.countOf(wrong(1))]],
  sumOf: [['select is no function', () => core.sumOf(wrong('ms'))]],
  averageOf: [['select is no function', () => core.averageOf(wrong('ms'))]],
  minOf: [['select is no function', () => core.minOf(wrong('ms'))]],
  maxOf: [['select is no function', () => core.maxOf(wrong('ms'))]],
  minBy: [['select is no function', () => core.minBy(wrong('ms'))]],
  maxBy: [['select is no function', () => core.maxBy(wrong('ms'))]],
  topOf: [
    ['n is 0', () => core.topOf(0, f)],
    ['select is no function', () => core.topOf(1, wrong('ms'))],
  ],
  distinctCountOf: [['select is no function', () => core.distinctCountOf(wrong('ms'))]],
  reduceOf: [['reduce is no function', () => core.reduceOf(wrong(1))]],
  foldOf: [
    ['seed is no function', () => core.foldOf(wrong(0), f)],
    ['fold is no function', () => core.foldOf(f, wrong(1))],
    ['merge is no function', () => core.foldOf(f, f, wrong(1))],
  ],
  allOf: [['no aggregate', () => core.allOf({ n: wrong(1) })]],
  defineAggregate: [['no functions', () => core.defineAggregate(wrong({}))]],
  // ── state ──
  valueState: [
    ['codec is none', () => core.valueState({ codec: wrong({}) })],
    ['ttl is 0', () => core.valueState({ ttl: 0 })],
  ],
  valueStateOf: [['initial is no function', () => core.valueStateOf(wrong(0))]],
  listState: [['ttl is no duration', () => core.listState({ ttl: wrong('x') })]],
  mapState: [['ttl is negative', () => core.mapState({ ttl: -1 })]],
  reducingState: [['reduce is no function', () => core.reducingState(wrong(1))]],
  aggregatingState: [['no aggregate', () => core.aggregatingState(wrong({}))]],
  operatorListState: [['redistribute is unknown', () => core.operatorListState({ redistribute: wrong('copy') })]],
};

/** Nothing can be wrong about them, or their own tests go through what can. */
const elsewhere = new Set([
  'values',
  'rebalance',
  'monotonousTimestamps',
  'globalWindow',
  'neverFire',
  'onEventTime',
  'onProcessingTime',
  'listOf',
  'memoryState',
  'memoryCheckpoints',
  'countingMetrics',
]);
const GROUPS = ['operators', 'joins', 'patterns', 'stream', 'time', 'windows', 'aggregates', 'state'];

describe('what cannot be meant is refused when the pipe is built', () => {
  for (const [name, cases] of Object.entries(table)) {
    it.each(cases)(`${name}: %s`, (_what, build) => {
      let failure: unknown;
      try {
        build();
      } catch (error) {
        failure = error;
      }
      expect(SluiceError.isInstance(failure), String(failure ?? 'nothing was refused')).toBe(true);
      const { code, component, expected, actual, remedy } = failure as SluiceError;
      expect(code).toMatch(/^SLUICE_/);
      expect(`${component} ${expected}`).toContain(name);
      for (const said of [expected, actual, remedy]) expect(said.length).toBeGreaterThan(0);
    });
  }

  it('goes through every public function', { timeout: 120_000 }, () => {
    const functions = referencePages()
      .filter(({ package: home, group }) => home === 'core' && GROUPS.includes(group))
      .map(({ name }) => name);
    expect(functions.filter((name) => !(name in table) && !elsewhere.has(name))).toEqual([]);
  });
});
