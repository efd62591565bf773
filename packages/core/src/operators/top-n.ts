import { type SluiceError, shownOption } from '@sluice/connector-sdk';
import type { OperatorFunction } from 'rxjs';
import { settingsOf } from '../graph/node.js';
import { option } from '../options/option.js';
import { KeyedStore } from '../state/keyed-store.js';
import { checkTtl } from '../state/ttl.js';
import { NO_TURN, type Turn } from '../state/turn.js';
import { openValues } from '../state/values.js';
import { nodeOf, streamOf } from '../stream/data-stream.js';
import type { Keyed } from '../stream/element.js';
import type { CreateOperator } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';
import { KeyedControl, keyedInput } from './keyed-operator.js';
import type { StatefulOptions } from './stateful-options.js';
import { type Ranking, rankNext } from './top-n-next.js';
import { rankingEntries } from './top-n-state.js';

/**
 * The `n` values of each key for which `select` is greatest, of all that have come so far: emits the ranking, greatest first, under its
 * key when a value enters it, at once and with the timestamp of that value. Of equal ones those that came first stand first, and stay.
 * A value for which `select` is NaN is passed over.
 *
 * Each ranking emitted is an array of its own that is not changed later. In a window, `aggregate(topOf(n, select))` is the counterpart.
 *
 * State: at most `n` values of each key, which must be plain data, for ever or for a `ttl`. The `ttl` counts from the last change of
 * the ranking, with `refresh: 'readAndWrite'` from the last element of the key. A ranking that is over is forgotten as a whole, and
 * nothing is emitted for that; the key begins anew.
 *
 * @param n a whole number from 1
 * @param select by what values are ranked: a number
 * @param options.ttl after this time a key's ranking is forgotten
 * @throws SLUICE_OPTION for options that cannot be, and at the first element for which `select` gives no number
 * @throws SLUICE_NO_TIMESTAMPS for a `ttl` in event time without timestamps
 * @see Apache Flink SQL, Top-N, whose ranking is sent as the rows that change
 *
 * @example
 * bids$.pipe(keyBy((bid) => bid.auction), topN(10, (bid) => bid.price));
 */
export function topN<K, T>(
  n: number,
  select: (value: T) => number,
  options?: StatefulOptions,
): OperatorFunction<Keyed<K, T>, Keyed<K, readonly T[]>> {
  const create = createTopN(n, select as (value: unknown) => number, options);
  const eventTime = typeof options?.ttl === 'object' && options.ttl.time === 'event';
  return (source) =>
    streamOf<Keyed<K, readonly T[]>>({
      kind: 'topN',
      inputs: [nodeOf(source)],
      expects: 'keyed',
      gives: 'keyed',
      keepsKey: true,
      stateful: true,
      needsTimestamps: eventTime,
      settings: settingsOf(options),
      role: { type: 'operator', create },
    });
}

/** The operator itself. */
export function createTopN(
  n: number,
  select: (value: unknown) => number,
  { ttl }: StatefulOptions = {},
): CreateOperator {
  option.wholeNumber('topN', 'n', n, 1, Number.MAX_SAFE_INTEGER);
  option.callback('topN', 'select', select);
  if (ttl !== undefined) checkTtl('topN', ttl);
  return (context, out) => {
    const { uid, maxParallelism, clock, inputKey } = context;
    const store = new KeyedStore({ uid, maxParallelism });
    const control = new KeyedControl(context, [out]);
    const turn: Turn = {
      id: NO_TURN,
      timestamp: Number.NaN,
      get watermark() {
        return control.kept();
      },
      clock,
    };
    const table = openValues(store, 'ranking', rankingEntries(n), turn, ttl);
    const create = (): Ranking => ({ values: [], scores: [] });
    const next = specialise(rankNext)(inputKey, store.keys, turn, table, n, select, create, notANumber, out.next);
    if (context.restored !== undefined) control.restore(store.restore(context.restored)).end();
    control.start({ fireEvent: () => false, capture: (header) => store.capture(header) });
    return keyedInput(control, next);
  };
}

function notANumber(score: unknown): SluiceError {
  return option.refusal('topN', 'select', 'a function that gives a number', shownOption(score));
}
