import type { OperatorFunction } from 'rxjs';
import { settingsOf } from '../graph/node.js';
import { nodeOf, streamOf } from '../stream/data-stream.js';
import type { Windowed } from '../stream/element.js';
import type { WindowAssigner } from '../windows/window-assigner.js';
import { createWindows, sideOutputsOf, type WindowOptions } from './window-by.js';

/**
 * `windowBy` without keys: all elements go into the same windows, and the key of what is emitted is `undefined`. It cannot run in
 * parallel.
 *
 * @param assigner As for `windowBy`.
 * @param options As for `windowBy`.
 * @throws SLUICE_WINDOW_OPTION for options that do not fit; SLUICE_NO_TIMESTAMPS when event time has no timestamps
 * @see Apache Flink, `DataStream.windowAll`
 *
 * @example
 * orders$.pipe(windowAll(tumbling('1m')), aggregate(sumOf((order) => order.total)));
 */
export function windowAll<T, W>(
  assigner: WindowAssigner<NoInfer<T>, W>,
  options: WindowOptions<NoInfer<T>, NoInfer<W>> = {},
): OperatorFunction<T, Windowed<undefined, T, W>> {
  const create = createWindows('windowAll', assigner, options, false);
  return (source) =>
    streamOf<Windowed<undefined, T, W>>({
      kind: 'windowAll',
      inputs: [nodeOf(source)],
      settings: settingsOf(options),
      stateful: true,
      shuffles: true,
      needsTimestamps: assigner.time === 'event',
      sideOutputs: sideOutputsOf(options),
      role: { type: 'window', create: create as never },
    });
}
