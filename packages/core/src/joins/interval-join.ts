import type { Duration } from '@sluice/connector-sdk';
import type { Observable, OperatorFunction } from 'rxjs';
import type { OperatorOptions } from '../graph/node.js';
import { option } from '../options/option.js';
import type { Keyed } from '../stream/element.js';
import { createIntervalJoin } from './interval-operator.js';
import type { JoinContext, JoinKind, JoinSide, Project } from './join-context.js';
import { outerSides, withinOption } from './join-option.js';
import { joinStreams } from './joined-streams.js';
import { type LateSides, lateTargets } from './late-elements.js';

export interface IntervalJoinOptions<L, RI, Kind extends JoinKind> extends OperatorOptions {
  /** A right element is a partner when its timestamp is from `left + within[0]` to `left + within[1]`, both included. */
  readonly within: readonly [Duration, Duration];
  /** Whose elements are emitted when they have no partner; `inner` by default: nobody's. */
  readonly kind?: Kind;
  /** Elements below the watermark. Without it they are dropped and counted. */
  readonly late?: LateSides<L, RI>;
}

/**
 * Pairs elements of two streams that have the same key and lie close to each other in event time. Emits each pair at once, when the
 * later of the two has come, with the higher of their timestamps.
 *
 * With `kind` an element that has had no partner is emitted with `undefined` in the place of one as soon as the watermark, or the end of
 * the input, says that none can come any more. Its result has the highest timestamp that a pair of it could have had: `left + within[1]`
 * or `right − within[0]`, or its own where that is higher. So it is not late behind the join.
 *
 * An element below the watermark is late: it joins nothing and goes to `late`, or is dropped and counted (`late_elements_dropped`).
 *
 * State: per key and side the elements that still may get a partner, freed by the watermark of both inputs; the watermarks.
 *
 * @param right The other stream, keyed in the same way; it may be this stream itself.
 * @param options `within`: durations, negative ones reach back; `kind`, `late`.
 * @param project Makes the result of a pair.
 * @throws SLUICE_OPTION for options that cannot be; SLUICE_NOT_KEYED; SLUICE_NO_TIMESTAMPS
 * @see Apache Flink, `KeyedStream.intervalJoin`; the outer kinds as its SQL has them
 *
 * @example
 * orders$.pipe(
 *   keyBy((order) => order.id),
 *   intervalJoin(
 *     payments$.pipe(keyBy((payment) => payment.order)),
 *     { within: ['-5m', '15m'] },
 *     (order, payment, { key }) => ({ id: key, open: order.total - payment.paid }),
 *   ),
 * );
 */
export function intervalJoin<K, L, RI, O, Kind extends JoinKind = 'inner'>(
  right: Observable<Keyed<K, RI>>,
  options: IntervalJoinOptions<NoInfer<L>, NoInfer<RI>, Kind>,
  project: (
    left: JoinSide<Kind, 'left', L>,
    right: JoinSide<Kind, 'right', NoInfer<RI>>,
    context: JoinContext<NoInfer<K>>,
  ) => O,
): OperatorFunction<Keyed<K, L>, O> {
  const component = 'intervalJoin';
  option.object(component, 'options', options);
  option.callback(component, 'project', project);
  const [low, high] = withinOption(component, options.within);
  const outer = outerSides(component, options.kind);
  const late = lateTargets(options.late);
  const create = createIntervalJoin({ low, high, outer, late, project: project as unknown as Project });
  return (source) =>
    joinStreams<O>(source, right, {
      component,
      options,
      eventTime: true,
      sideOutputs: Object.values(late),
      create,
    });
}
