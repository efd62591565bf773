import type { OperatorFunction } from 'rxjs';
import { option } from '../options/option.js';
import { nodeOf, streamOf } from '../stream/data-stream.js';
import type { Keyed, StreamObserver } from '../stream/element.js';
import type { KeyRegister } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';

/**
 * `map` on the values of a keyed stream: emits each projected value at once under the same key, and makes no `Keyed` object. Keeps no
 * state.
 *
 * @example
 * bids$.pipe(keyBy((bid) => bid.auction), mapValues((bid) => bid.price * 0.908));
 */
export function mapValues<K, T, R>(project: (value: T, key: K) => R): OperatorFunction<Keyed<K, T>, Keyed<K, R>> {
  option.callback('mapValues', 'project', project);
  return (source) =>
    streamOf<Keyed<K, R>>({
      kind: 'mapValues',
      inputs: [nodeOf(source)],
      expects: 'keyed',
      gives: 'keyed',
      keepsKey: true,
      role: {
        type: 'operator',
        create: (context, out) => ({
          ...out,
          next: specialise(mapNext)(project as (value: unknown, key: unknown) => unknown, context.inputKey, out.next),
        }),
      },
    });
}

/** Closed. */
function mapNext(
  project: (value: unknown, key: unknown) => unknown,
  register: KeyRegister,
  emit: StreamObserver<unknown>['next'],
): StreamObserver<unknown>['next'] {
  return (value, timestamp) => emit(project(value, register.key), timestamp);
}
