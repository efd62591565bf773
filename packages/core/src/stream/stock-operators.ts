import { type StockOperator, subscriptionStack } from './rxjs-bridge.js';

/**
 * Stock operators that keep state of their own, which no checkpoint would hold, or that drop watermarks and barriers; each with its
 * counterpart.
 */
const REFUSED: Readonly<Record<string, string>> = {
  reduce: 'aggregate in a window, or aggregateByKey',
  scan: 'scanByKey or aggregateByKey',
  scanInternals: 'scanByKey or aggregateByKey',
  mergeScan: 'processKeyed',
  switchScan: 'processKeyed',
  expand: 'processKeyed',
  count: 'aggregate(countOf())',
  min: 'aggregate(minOf(...))',
  max: 'aggregate(maxOf(...))',
  toArray: 'a window followed by map',
  distinct: 'dedupe',
  distinctUntilChanged: 'processKeyed with valueState',
  distinctUntilKeyChanged: 'processKeyed with valueState',
  pairwise: 'processKeyed with valueState',
  buffer: 'windowBy',
  bufferCount: 'windowBy(tumblingCount(n))',
  bufferTime: 'windowBy(tumbling(...))',
  bufferToggle: 'windowBy',
  bufferWhen: 'windowBy',
  window: 'windowBy',
  windowCount: 'windowBy(tumblingCount(n))',
  windowTime: 'windowBy(tumbling(...))',
  windowToggle: 'windowBy',
  windowWhen: 'windowBy',
  groupBy: 'keyBy',
  take: 'a bounded source, or stop()',
  takeLast: 'a window',
  takeUntil: 'stop()',
  takeWhile: 'filter',
  skip: 'filter',
  skipLast: 'a window',
  skipUntil: 'filter',
  skipWhile: 'filter',
  first: 'processKeyed with valueState',
  last: 'a window',
  single: 'processKeyed with valueState',
  elementAt: 'processKeyed with valueState',
  every: 'aggregate in a window',
  find: 'filter',
  findIndex: 'processKeyed with valueState',
  isEmpty: 'aggregate in a window',
  sample: 'windowBy',
  sampleTime: 'windowBy',
  audit: 'windowBy',
  auditTime: 'windowBy',
  debounce: 'processKeyed with timers',
  debounceTime: 'processKeyed with timers',
  throttle: 'processKeyed with timers',
  throttleTime: 'processKeyed with timers',
  delay: 'processKeyed with timers',
  delayWhen: 'processKeyed with timers',
  observeOn: 'nothing: a job has its own loop',
  timeout: 'withTimestamps({ idleAfter })',
  timeoutWith: 'withTimestamps({ idleAfter })',
  timeInterval: 'processKeyed with valueState',
  sequenceEqual: 'processWith',
  combineLatest: 'processWith',
  combineLatestWith: 'processWith',
  combineLatestAll: 'processWith',
  withLatestFrom: 'withBroadcast or processWith',
  zip: 'processWith',
  zipWith: 'processWith',
  zipAll: 'processWith',
  race: 'union',
  raceWith: 'union',
  merge: 'union',
  mergeWith: 'union',
  mergeAll: 'union',
  concat: 'union',
  concatWith: 'union',
  concatAll: 'union',
  switchAll: 'union',
  exhaustAll: 'union',
  share: 'nothing: a stream used twice runs once',
  shareReplay: 'nothing: a stream used twice runs once',
  publish: 'nothing: a stream used twice runs once',
  publishReplay: 'nothing: a stream used twice runs once',
  publishBehavior: 'nothing: a stream used twice runs once',
  publishLast: 'nothing: a stream used twice runs once',
  multicast: 'nothing: a stream used twice runs once',
  repeat: 'restart of the job',
  repeatWhen: 'restart of the job',
};

/** RxJS' own building blocks, passed through on the way to an operator. */
const FILE_OF_OPERATOR = /rxjs[\\/].*[\\/]operators[\\/](\w+)\.[cm]?[jt]s/;

/** The name of a stock operator that cannot be part of a checkpointed job, with its counterpart; undefined if it can, as far as can be told. */
export function refusedStockOperator(operator: StockOperator): { name: string; counterpart: string } | undefined {
  let found: { name: string; counterpart: string } | undefined;
  for (const line of subscriptionStack(operator).split('\n')) {
    const name = FILE_OF_OPERATOR.exec(line)?.[1];
    if (name === undefined) continue;
    const counterpart = REFUSED[name];
    // The outermost frame is the operator that the user called: `toArray` subscribes through `reduce`.
    found =
      counterpart === undefined ? undefined : { name: name === 'scanInternals' ? 'scan or reduce' : name, counterpart };
  }
  return found;
}
