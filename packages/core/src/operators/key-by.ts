import type { OperatorFunction } from 'rxjs';
import { option } from '../options/option.js';
import { nodeOf, streamOf } from '../stream/data-stream.js';
import type { Key, Keyed, StreamObserver } from '../stream/element.js';
import type { KeyRegister } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';

/**
 * Partitions a stream by key: state, windows and timers behind it are scoped to the key. Emits each element at once, keyed. Between
 * operators of this package no object is made for it. Keeps no state.
 *
 * @param keyOf a string, number, bigint, boolean, Date, bytes, or arrays and plain objects of these
 * @throws SLUICE_KEY at the first element whose key is something else
 *
 * @example
 * clicks$.pipe(keyBy((click) => [click.user, click.country]));
 */
export function keyBy<T, const K extends Key>(keyOf: (value: T) => K): OperatorFunction<T, Keyed<K, T>> {
  option.callback('keyBy', 'keyOf', keyOf);
  return (source) =>
    streamOf<Keyed<K, T>>({
      kind: 'keyBy',
      inputs: [nodeOf(source)],
      gives: 'keyed',
      shuffles: true,
      role: {
        type: 'operator',
        create: (context, out) => ({
          ...out,
          next: specialise(keyValue)(keyOf as (value: unknown) => unknown, context.outputKey, out.next),
        }),
      },
    });
}

/** Closed. */
function keyValue(
  keyOf: (value: unknown) => unknown,
  register: KeyRegister,
  emit: StreamObserver<unknown>['next'],
): StreamObserver<unknown>['next'] {
  return (value, timestamp) => {
    register.key = keyOf(value);
    emit(value, timestamp);
  };
}
