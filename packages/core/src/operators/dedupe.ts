import type { MonoTypeOperatorFunction } from 'rxjs';
import { type OperatorOptions, settingsOf } from '../graph/node.js';
import { option, requireOneOf } from '../options/option.js';
import type { Ttl } from '../state/ttl.js';
import { checkTtl } from '../state/ttl.js';
import { nodeOf, streamOf } from '../stream/data-stream.js';
import type { Key } from '../stream/element.js';
import { createDedupeFirst, createDedupeLast } from './dedupe-input.js';

export interface DedupeOptions extends OperatorOptions {
  /** How long a key is remembered since it was touched last; then it begins anew. */
  readonly ttl: Ttl;
  /** `first` (default): emitted at once, and what follows is dropped. `last`: the newest element, once the key is over. */
  readonly keep?: 'first' | 'last';
}

/**
 * Lets one element of each key pass within the `ttl`.
 *
 * `keep: 'first'` emits the first element to arrive, at once, and drops the others. The `ttl` counts from the element that passed, or,
 * with `refresh: 'readAndWrite'`, from the latest duplicate; with `expired: 'untilCleaned'` a key goes on dropping until it has been
 * cleaned up, which takes a few elements or a checkpoint.
 *
 * `keep: 'last'` emits the newest element once the key has been quiet for the `ttl`, or the input has ended: nothing is ever taken
 * back, so what is emitted is final. A key that is never quiet comes out at the end of the input alone. With `time: 'event'` the newest
 * is the one of the latest timestamp, the one that came last among equal ones; it keeps its timestamp, and the watermark goes on later
 * by the `ttl`, so that it is not late behind the operator. By the clock the newest is the one that came last; its timestamp may be
 * late then for operators of event time behind it. `refresh` says nothing here: each newer element is a write.
 *
 * In event time a key is over once the watermark, or the timestamp of its next element, is the `ttl` later: what passes does not hang
 * on how often there are watermarks. A key further behind the watermark than its `ttl` counts as a new one in both.
 *
 * A keyed stream stays keyed; `keyOf` is given its elements as `{ key, value }`, and keys are compared across the keys of the stream.
 *
 * State: each key with a time, and for `last` its newest element, which must be plain data; freed once the `ttl` is over.
 *
 * @param keyOf a string, number, bigint, boolean, Date, bytes, or arrays and plain objects of these
 * @param options.ttl milliseconds or a text such as '1h', by the clock; or an object with `time: 'event'`
 * @throws SLUICE_OPTION for options that cannot be; SLUICE_NO_TIMESTAMPS for a `ttl` in event time without timestamps
 * @throws SLUICE_KEY at the first element whose key is something else
 * @see Apache Flink SQL, deduplication, which for the last row sends an update for each element where this waits for the last
 *
 * @example
 * orders$.pipe(dedupe((order) => order.id, { ttl: '1h' }));
 *
 * @example
 * bids$.pipe(dedupe((bid) => [bid.bidder, bid.auction], { ttl: { after: '10m', time: 'event' }, keep: 'last' }));
 */
export function dedupe<T>(keyOf: (value: T) => Key, options: DedupeOptions): MonoTypeOperatorFunction<T> {
  option.callback('dedupe', 'keyOf', keyOf);
  option.object('dedupe', 'options', options);
  const ttl = checkTtl('dedupe', options.ttl);
  const { keep = 'first' } = options;
  requireOneOf('dedupe', 'keep', keep, ['first', 'last']);
  return (source) => {
    const input = nodeOf(source);
    const create = keep === 'first' ? createDedupeFirst : createDedupeLast;
    return streamOf<T>({
      kind: 'dedupe',
      inputs: [input],
      // What comes out of the state has a key of its own: it is not that of the element that comes in.
      keepsKey: keep === 'first' && (input.gives === 'keyed' || input.keepsKey),
      stateful: true,
      needsTimestamps: ttl.eventTime,
      settings: settingsOf(options),
      role: { type: 'operator', create: create({ keyOf: keyOf as (value: unknown) => Key, ttl }) },
    });
  };
}
