import type { Observable, ObservedValueOf, OperatorFunction } from 'rxjs';
import { requireStream } from '../options/option.js';
import { arraySource } from './array-source.js';
import { type DataStream, nodeOf, streamOf } from './data-stream.js';
import { fromSource } from './from-source.js';
import { createUnion } from './union-inputs.js';

/**
 * All elements of several streams, in order of arrival: the counterpart of rxjs `merge`, with one watermark, the minimum over the
 * inputs that are not idle, and with aligned barriers. Keyed streams stay keyed; of no streams it is an empty one. Keeps no state.
 *
 * @example
 * union(fromSource(web), fromSource(mobile)).pipe(keyBy((click) => click.user));
 */
export function union<S extends readonly Observable<unknown>[]>(...streams: S): DataStream<ObservedValueOf<S[number]>> {
  for (const stream of streams) requireStream('union', 'streams', stream);
  const inputs = (streams.length === 0 ? [fromSource(arraySource([]))] : streams).map(nodeOf);
  const keyed = inputs.every((input) => input.gives === 'keyed');
  return streamOf({
    kind: 'union',
    inputs,
    expects: keyed ? 'keyed' : 'plain',
    gives: keyed ? 'keyed' : 'plain',
    role: {
      type: 'multiInput',
      create(context, kinds, out) {
        const ports = createUnion(kinds.length, out, context.name);
        if (!keyed) return ports;
        const register = context.outputKey;
        return ports.map((port, index) => {
          const taken = kinds[index]?.key ?? register;
          return {
            ...port,
            next(value, timestamp) {
              register.key = taken.key;
              out.next(value, timestamp);
            },
          };
        });
      },
    },
  });
}

/**
 * `union` as an operator: the elements of this stream and of the others.
 *
 * @example
 * web$.pipe(unionWith(mobile$), keyBy((click) => click.user));
 */
export function unionWith<T, S extends readonly Observable<unknown>[]>(
  ...streams: S
): OperatorFunction<T, T | ObservedValueOf<S[number]>> {
  for (const stream of streams) requireStream('unionWith', 'streams', stream);
  return (source) => union(source, ...streams) as DataStream<T | ObservedValueOf<S[number]>>;
}
