import type { OperatorFunction } from 'rxjs';
import { nodeOf, streamOf } from '../stream/data-stream.js';
import type { Keyed } from '../stream/element.js';

/**
 * The values of a keyed stream without their keys. Keeps no state.
 *
 * @example
 * keyed$.pipe(values(), keyBy((click) => click.country));
 */
export function values<K, T>(): OperatorFunction<Keyed<K, T>, T> {
  return (source) =>
    streamOf<T>({
      kind: 'values',
      inputs: [nodeOf(source)],
      expects: 'keyed',
      role: { type: 'operator', create: (_context, out) => out },
    });
}
