import type { Duration } from '@sluice/connector-sdk';
import type { Observable, OperatorFunction } from 'rxjs';
import type { OperatorOptions } from '../graph/node.js';
import { option } from '../options/option.js';
import type { Ttl } from '../state/ttl.js';
import { checkTtl } from '../state/ttl.js';
import type { Keyed } from '../stream/element.js';
import { createAsOfJoin } from './as-of-operator.js';
import type { JoinContext, Project } from './join-context.js';
import { joinStreams } from './joined-streams.js';
import { type LateSides, lateTargets } from './late-elements.js';

export interface AsOfJoinOptions<L, RI> extends OperatorOptions {
  /** How much older than the left element the right one may be, this included; any age by default. */
  readonly tolerance?: Duration;
  /**
   * How long the newest right element of a key is kept and seen after it came. By event time it is seen by left elements whose timestamp
   * is below its own plus this, whatever the watermark does; by the clock, the default, until the clock says so. `refresh:
   * 'readAndWrite'` counts from the last left element that saw it.
   */
  readonly ttl: Ttl;
  /** Elements that come too late. Without it they are dropped and counted. */
  readonly late?: LateSides<L, RI>;
}

/**
 * Gives each left element the right one of its key that was the latest at its time: a trade the quote, an order the price, a reading the
 * calibration that held then. Of right elements with one timestamp the last to come holds.
 *
 * A left element waits until the watermark of both inputs has reached it, so that right ones out of order are seen; then it is emitted,
 * per key in order of event time, with its own timestamp, with `undefined` where there is no right element (or none young enough).
 *
 * A left element below the watermark is late. A right one is late when no left element at or after the watermark would see it; one that
 * is newer than what is kept is taken up although it is below the watermark: a side that was idle goes on where it left off. Late ones
 * go to `late`, or are dropped and counted (`late_elements_dropped`).
 *
 * State: per key the left elements that wait, the newest right one at or below the watermark and those above it. The watermark frees
 * what is superseded or older than `tolerance`, `ttl` what is left of a key that stays silent.
 *
 * @param right The other stream, keyed in the same way.
 * @param options `ttl`, `tolerance`, `late`.
 * @param project Makes the result of a left element.
 * @throws SLUICE_OPTION for options that cannot be; SLUICE_NOT_KEYED; SLUICE_NO_TIMESTAMPS
 * @see Apache Flink, the event time temporal join of its SQL, for which this waits and frees state in the same way
 *
 * @example
 * orders$.pipe(
 *   keyBy((order) => order.id),
 *   asOfJoin(
 *     payments$.pipe(keyBy((payment) => payment.order)),
 *     { tolerance: '10m', ttl: { after: '1h', time: 'event' } },
 *     (order, payment) => ({ id: order.id, paidBefore: payment?.paid ?? 0 }),
 *   ),
 * );
 */
export function asOfJoin<K, L, RI, O>(
  right: Observable<Keyed<K, RI>>,
  options: AsOfJoinOptions<NoInfer<L>, NoInfer<RI>>,
  project: (left: L, right: NoInfer<RI> | undefined, context: JoinContext<NoInfer<K>>) => O,
): OperatorFunction<Keyed<K, L>, O> {
  const component = 'asOfJoin';
  option.object(component, 'options', options);
  option.callback(component, 'project', project);
  const { tolerance: given } = options;
  const most = Number.MAX_SAFE_INTEGER;
  const tolerance =
    given === undefined ? Number.POSITIVE_INFINITY : option.duration(component, 'tolerance', given, 0, most);
  const ttl = checkTtl(component, options.ttl);
  const late = lateTargets(options.late);
  const create = createAsOfJoin({ tolerance, ttl, late, project: project as unknown as Project });
  return (source) =>
    joinStreams<O>(source, right, {
      component,
      options,
      eventTime: true,
      sideOutputs: Object.values(late),
      create,
    });
}
