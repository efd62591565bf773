import type { OperatorFunction } from 'rxjs';
import type { AggregateFunction } from '../aggregates/aggregate-function.js';
import { type CompiledAggregate, compileAggregate } from '../aggregates/compile.js';
import { giveSettings, type OperatorOptions, settingsOf } from '../graph/node.js';
import { requireAggregate } from '../options/option.js';
import { nodeOf, streamOf } from '../stream/data-stream.js';
import { NO_TIMESTAMP, type StreamObserver, type Windowed, type WindowResult } from '../stream/element.js';

/**
 * The aggregate of each window, computed as elements come: a window keeps an accumulator and not its elements. Emits the current value
 * at each firing. Directly behind `windowBy` or `windowAll` it is part of that operator, which keeps its state; behind a stock
 * operator it aggregates the elements of the windows that pass.
 *
 * @param aggregate `countOf`, `sumOf`, `allOf` and the others, or one of your own by `defineAggregate`.
 * @param options behind `windowBy` they are those of the window, whose state it is, unless that has a `uid` of its own
 * @throws SLUICE_AGGREGATE_MERGE when windows merge (sessions) and the aggregate cannot
 *
 * @example
 * clicks$.pipe(keyBy((click) => click.user), windowBy(session('30m')), aggregate(allOf({ n: countOf(), ms: sumOf((c) => c.ms) })));
 */
export function aggregate<K, T, W, R>(
  aggregate: AggregateFunction<NoInfer<T>, unknown, R>,
  options: OperatorOptions = {},
): OperatorFunction<Windowed<K, T, W>, WindowResult<K, R, W>> {
  requireAggregate('aggregate', 'aggregate', aggregate);
  return (source) => {
    const window = nodeOf(source);
    const stream = streamOf<WindowResult<K, R, W>>({
      kind: 'aggregate',
      inputs: [window],
      role:
        window.role.type === 'window'
          ? { type: 'windowAggregate', aggregate }
          : { type: 'operator', create: (_context, out) => aggregateElements(compileAggregate(aggregate), out) },
    });
    giveSettings(nodeOf(stream), settingsOf(options));
    return stream;
  };
}

function aggregateElements<T>(aggregate: CompiledAggregate<T>, out: StreamObserver<unknown>): StreamObserver<unknown> {
  return {
    ...out,
    next(windowed, timestamp) {
      const { key, window, values } = windowed as Windowed<unknown, T, unknown>;
      const accumulator = aggregate.create();
      for (const value of values) aggregate.add(accumulator, value, NO_TIMESTAMP);
      out.next({ key, window, value: aggregate.result(accumulator) }, timestamp);
    },
  };
}
