import type { MonoTypeOperatorFunction } from 'rxjs';
import { nodeOf, streamOf } from '../stream/data-stream.js';
import type { CreateOperator } from '../stream/operator.js';
import type { WatermarkStrategy } from '../time/watermark-strategy.js';
import { createWithIngestionTime, createWithTimestamps, type TimestampOptions } from './with-timestamps-input.js';

export type { TimestampOptions } from './with-timestamps-input.js';

/**
 * Gives each element its event time and makes watermarks. Emits every element at once; a watermark goes out every 200 ms and every
 * 65,536 elements by default, after each element with `every: 0`.
 *
 * Behind `fromSource`, with only stateless operators between, each split of the source has a watermark of its own, and the least of
 * them is sent. Watermarks from before are replaced; the end of the input is not. State: the watermark of each split.
 *
 * @param timestampOf Epoch milliseconds of a value; `sourceTimestamp` is what the source has put beside it.
 * @param watermarks `boundedOutOfOrderness`, `monotonousTimestamps` or a strategy of your own.
 * @param options Period, idleness.
 * @throws SLUICE_TIMESTAMP when `timestampOf` returns no number, or one beyond the safe integers; SLUICE_OPTION
 * @see Apache Flink, `assignTimestampsAndWatermarks`
 *
 * @example
 * clicks$.pipe(withTimestamps((click) => click.at, boundedOutOfOrderness('5s')));
 */
export function withTimestamps<T>(
  timestampOf: (value: T, sourceTimestamp: number | undefined) => number,
  watermarks: WatermarkStrategy<NoInfer<T>>,
  options: TimestampOptions = {},
): MonoTypeOperatorFunction<T> {
  return timestampNode('withTimestamps', createWithTimestamps(timestampOf, watermarks, options));
}

/**
 * Gives each element the time of the clock at which it came in as its timestamp, and makes watermarks of these. Emits every element at
 * once. After a restore replayed elements get new timestamps: results that depend on them may differ.
 *
 * @param options Period, idleness.
 * @throws SLUICE_OPTION
 * @see Apache Flink, ingestion time
 *
 * @example
 * clicks$.pipe(withIngestionTime());
 */
export function withIngestionTime<T>(options: TimestampOptions = {}): MonoTypeOperatorFunction<T> {
  return timestampNode('withIngestionTime', createWithIngestionTime(options));
}

function timestampNode<T>(kind: string, create: CreateOperator<T, T>): MonoTypeOperatorFunction<T> {
  return (source) =>
    streamOf<T>({
      kind,
      inputs: [nodeOf(source)],
      stateful: true,
      assignsTimestamps: true,
      role: { type: 'operator', create: create as CreateOperator },
    });
}
