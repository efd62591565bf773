import type { Observable, OperatorFunction } from 'rxjs';
import type { OperatorOptions } from '../graph/node.js';
import { option } from '../options/option.js';
import type { Keyed } from '../stream/element.js';
import { specialise } from '../stream/specialise.js';
import type { WindowAssigner } from '../windows/window-assigner.js';
import type { EmitWindow } from './fired-sides.js';
import { type JoinCall, type JoinContext, joinCall } from './join-context.js';
import { joinStreams } from './joined-streams.js';
import { createJoinedWindows } from './joined-windows.js';

export interface CoGroupOptions<W> extends OperatorOptions {
  /** `tumbling`, `sliding`, `session` or one of your own; by event or processing time. */
  readonly window: WindowAssigner<unknown, W>;
}

/**
 * Gives the elements of two streams that have the same key and are in the same window to a function, all together, and emits what it
 * returns, at the end of the window and with its last millisecond as timestamp. A window with elements of one side alone is given too,
 * with an empty array for the other: joins of any kind of your own.
 *
 * Sessions are made by the elements of both sides together; each side is in order of arrival, of sessions that have become one in the
 * order of the sessions.
 *
 * An element whose windows the watermark has all ended is dropped and counted (`late_elements_dropped`).
 *
 * State: the elements of live windows, freed at their end; the watermarks of both inputs.
 *
 * @param right The other stream, keyed in the same way; it may be this stream itself.
 * @param options `window`.
 * @param project Makes the results of a window, any number of them; `context.window` is the window.
 * @throws SLUICE_OPTION; SLUICE_WINDOW_OPTION for count and global windows, which no clock ends; SLUICE_NOT_KEYED; SLUICE_NO_TIMESTAMPS
 * for windows of event time without timestamps
 * @see Apache Flink, `DataStream.coGroup(...).window(...)`
 *
 * @example
 * orders$.pipe(
 *   keyBy((order) => order.id),
 *   coGroup(payments$.pipe(keyBy((payment) => payment.order)), { window: tumbling('10s') }, (orders, payments, { key }) => [
 *     { id: key, orders: orders.length, paid: payments.reduce((sum, payment) => sum + payment.paid, 0) },
 *   ]),
 * );
 */
export function coGroup<K, L, RI, W, O>(
  right: Observable<Keyed<K, RI>>,
  options: CoGroupOptions<W>,
  project: (
    left: readonly L[],
    right: readonly NoInfer<RI>[],
    context: JoinContext<NoInfer<K>, NoInfer<W>>,
  ) => Iterable<O>,
): OperatorFunction<Keyed<K, L>, O> {
  const component = 'coGroup';
  option.object(component, 'options', options);
  option.callback(component, 'project', project);
  const create = createJoinedWindows(component, options.window, (out) =>
    specialise(emitGroup)(
      project as unknown as ProjectGroup,
      out.next as (value: unknown, timestamp: number) => void,
      joinCall(),
    ),
  );
  return (source) =>
    joinStreams<O>(source, right, {
      component,
      options,
      eventTime: options.window.time === 'event',
      sideOutputs: [],
      create,
    });
}

type ProjectGroup = (left: readonly unknown[], right: readonly unknown[], context: JoinCall) => Iterable<unknown>;

/** Closed. */
export function emitGroup(
  project: ProjectGroup,
  emit: (value: unknown, timestamp: number) => void,
  call: JoinCall,
): EmitWindow {
  return ({ key, window, value: { left, right } }, timestamp) => {
    call.key = key;
    call.window = window;
    call.timestamp = timestamp;
    for (const result of project(left ?? [], right ?? [], call)) emit(result, timestamp);
  };
}
