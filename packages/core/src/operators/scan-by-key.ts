import { structuredCodec } from '@sluice/connector-sdk';
import type { OperatorFunction } from 'rxjs';
import { settingsOf } from '../graph/node.js';
import { option } from '../options/option.js';
import type { EntryCodec } from '../state/entry-codec.js';
import { plainEntries } from '../state/entry-codec.js';
import { checkTtl } from '../state/ttl.js';
import { valueCodec } from '../state/value-codec.js';
import { nodeOf, streamOf } from '../stream/data-stream.js';
import type { Keyed } from '../stream/element.js';
import type { CreateOperator } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';
import { createRolling } from './rolling.js';
import type { RollingStep } from './rolling-next.js';
import type { StatefulOptions } from './stateful-options.js';

/** The accumulator in a box: it may be `undefined`, and a number is changed in place. */
interface Scanned {
  accumulator: unknown;
}

/**
 * RxJS's `scan` for each key: emits the new accumulator at once for each element, with the element's timestamp, under the same key.
 * Keeps one accumulator for each key, for ever or for a `ttl`; it must be plain data.
 *
 * @param accumulate must return a new accumulator instead of changing the one it is given, which has been emitted
 * @param seed called for each key
 * @param options.ttl after this time a key's accumulator is forgotten
 *
 * @example
 * deposits$.pipe(
 *   keyBy((deposit) => deposit.account),
 *   scanByKey((balance, deposit) => balance + deposit.amount, () => 0),
 * );
 */
export function scanByKey<K, T, R>(
  accumulate: (accumulator: R, value: T, key: K) => R,
  seed: () => R,
  options?: StatefulOptions,
): OperatorFunction<Keyed<K, T>, Keyed<K, R>> {
  option.callback('scanByKey', 'accumulate', accumulate);
  option.callback('scanByKey', 'seed', seed);
  if (options?.ttl !== undefined) checkTtl('scanByKey', options.ttl);
  return (source) =>
    streamOf<Keyed<K, R>>({
      kind: 'scanByKey',
      inputs: [nodeOf(source)],
      expects: 'keyed',
      gives: 'keyed',
      keepsKey: true,
      stateful: true,
      settings: settingsOf(options),
      role: {
        type: 'operator',
        create: createScanByKey(
          accumulate as (accumulator: unknown, value: unknown, key: unknown) => unknown,
          seed,
          options,
        ),
      },
    });
}

/** The operator itself. */
export function createScanByKey(
  accumulate: (accumulator: unknown, value: unknown, key: unknown) => unknown,
  seed: () => unknown,
  options: StatefulOptions = {},
): CreateOperator {
  return (context, out) => {
    const create = (): Scanned => ({ accumulator: seed() });
    const step = specialise(scanStep)(accumulate);
    return createRolling(context, out, { codec: scannedEntries(), create, step }, options.ttl);
  };
}

/** Closed. */
function scanStep(accumulate: (accumulator: unknown, value: unknown, key: unknown) => unknown): RollingStep<Scanned> {
  return (scanned, value, _timestamp, key) => {
    scanned.accumulator = accumulate(scanned.accumulator, value, key);
    return scanned.accumulator;
  };
}

function scannedEntries(): EntryCodec<Scanned> {
  const accumulators = plainEntries(valueCodec(structuredCodec<unknown>(), 'accumulator'));
  const { shape, values } = accumulators;
  return {
    shape,
    values,
    write: (writer, { accumulator }) => accumulators.write(writer, accumulator),
    read: (reader, written, by) => ({ accumulator: accumulators.read(reader, written, by) }),
    inspect: ({ accumulator }) => accumulator,
  };
}
